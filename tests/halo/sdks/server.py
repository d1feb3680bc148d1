"""An integration server: an account of its own, a form for its token, and JSON for everything else."""

from base64 import b64encode
from typing import Any

from fakes.world import PASSWORD, World
from halo.sdks.wire import FORM, Answer, as_json, exchange, form


class Server:
    def __init__(self, world: World, account: str = "manager") -> None:
        self.api, self.account = world.api, account
        self.token = ""

    def log_in(self, basic: bool = False) -> dict[str, Any]:
        """Name and password in the form, or in a header beside it."""
        fields = {} if basic else {"username": self.account, "password": PASSWORD}
        named = b64encode(f"{self.account}:{PASSWORD}".encode()).decode()
        headers = [("Content-Type", FORM), *([("Authorization", f"Basic {named}")] if basic else [])]
        answer = exchange(self.api, "POST", "/api/oauth/token?_user", headers, form(grant_type="password", **fields))
        assert answer.status == 200, answer
        found: dict[str, Any] = answer.json()
        self.token = found["access_token"]
        return found

    def call(self, method: str, path: str, value: Any = None, **headers: str) -> Answer:
        if not self.token:
            self.log_in()
        body = b"" if value is None else as_json(value)
        sent = [("Authorization", f"Bearer {self.token}"), ("Content-Type", "application/json"), *headers.items()]
        return exchange(self.api, method, path, sent, body)

    def schedule(self, **fields: Any) -> Answer:
        """Posts one to app 2; answered as it came."""
        return self.call("POST", "/api/push/schedule/", {"appId": 2, "name": "Autumn wines"} | fields)

    def posted(self, **fields: Any) -> dict[str, Any]:
        answer = self.schedule(**fields)
        assert answer.status == 201, answer
        found: dict[str, Any] = answer.json()
        return found

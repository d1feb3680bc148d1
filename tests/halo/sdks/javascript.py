"""HALO's JavaScript SDK as a server sees it: a browser asks first, and every answer is JSON or an exception."""

from collections.abc import Mapping
from typing import Any

from fakes.world import SECRET, World
from halo.sdks.wire import Answer, Crash, as_json, exchange

ORIGIN = "https://shop.example"


class Rejected(Exception):
    """The promise was rejected, with the error that was parsed from the answer."""


def parse(answer: Answer) -> Any:
    """`JSON.parse` of whatever came, and a rejected promise from 299 up."""
    try:
        value = answer.json()
    except ValueError:
        raise Crash("SyntaxError: Unexpected end of JSON input") from None
    if answer.status >= 299:
        raise Rejected(value)
    return value


class JavaScript:
    """A page with the SDK of app 2, in a browser that holds it to CORS."""

    def __init__(self, world: World) -> None:
        self.api = world.api
        self.token = ""
        self.expires_at_ms = 0.0

    def log_in(self) -> dict[str, Any]:
        fields = {"grant_type": "client_credentials", "client_id": "client-2", "client_secret": SECRET}
        found: dict[str, Any] = parse(self._exchange("POST", "/api/oauth/token", as_json(fields)))
        if not isinstance(found["expires_in"], int):
            raise Crash("a text and a number added are a text: the token never expires")
        self.token, self.expires_at_ms = found["access_token"], 0.0 + found["expires_in"]
        return found

    def call(self, method: str, path: str, value: Any = None) -> Any:
        return parse(self._exchange(method, path, b"" if value is None else as_json(value)))

    def sync(self, **fields: Any) -> dict[str, Any]:
        sent = {"replaceTokens": True, **fields}
        if "id" in sent:
            found: dict[str, Any] = self.call("PUT", f"/api/segmentation/device/{sent['id']}", sent)
        else:
            found = self.call("POST", "/api/segmentation/device/", sent)
        return found

    def _exchange(self, method: str, path: str, body: bytes) -> Answer:
        headers = [("Accept", "application/json"), ("Content-Type", "application/json"), ("Origin", ORIGIN)]
        headers += [("Authorization", f"Bearer {self.token}")] if self.token else []
        self._preflight(method, path)
        answer = exchange(self.api, method, path, headers, body)
        if answer.headers.get("access-control-allow-origin") not in ("*", ORIGIN):
            raise Crash("TypeError: Failed to fetch")
        return answer

    def _preflight(self, method: str, path: str) -> None:
        asked = [
            ("Origin", ORIGIN),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "accept,authorization,content-type"),
        ]
        allowed = exchange(self.api, "OPTIONS", path, asked)
        if allowed.status != 200 or method not in allowed.headers["access-control-allow-methods"]:
            raise Crash("TypeError: Failed to fetch")


def received(message: Mapping[str, Any]) -> dict[str, Any]:
    """What the SDK's worker shows of a message's `data`: a notification, unless it is told not to."""
    data = message["data"]
    if data.get("isSilent"):
        return {"kind": "silent"}
    shown = {name: data[name] for name in ("title", "body", "icon", "image", "badge") if name in data}
    return {"kind": "shown", **shown, "opens": data.get("url")}

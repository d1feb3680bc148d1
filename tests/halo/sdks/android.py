"""HALO's Android SDK as a server sees it: OkHttp asks, Gson reads, and what Gson cannot read takes the app down."""

import json
from collections.abc import Mapping
from typing import Any

from fakes.world import SECRET, World
from halo.sdks.wire import FORM, Answer, Crash, as_json, exchange, form

JSON = "application/json; charset=UTF-8"
TOKEN = {"access_token": str, "refresh_token": str, "expires_in": int, "token_type": str, "scope": str}
DEVICE = {
    "id": str, "appId": int, "alias": str, "email": str, "location": str, "createdAt": int, "updatedAt": int,
    "deletedAt": int, "devices": [{"platform": str, "token": str}], "replaceTokens": bool,
    "tags": [{"id": str, "name": str, "value": str, "tagType": str}],
}  # fmt: skip
ACTIVITY = {"device": str, "schedule": str, "action": str, "platform": str}
VERSION = {"minAndroid": str}
SCHEDULE = {"id": str, "appId": int, "name": str}


def gson(shape: Any, value: Any, at: str = "$") -> Any:
    """`value` as Gson fills a class with it: unknown keys are skipped, null and missing are null, anything else of
    another type is an exception."""
    if value is None:
        return None
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            raise Crash(f"{at}: expected BEGIN_OBJECT")
        return {name: gson(inner, value.get(name), f"{at}.{name}") for name, inner in shape.items()}
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise Crash(f"{at}: expected BEGIN_ARRAY")
        return [gson(shape[0], each, f"{at}[]") for each in value]
    if not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        raise Crash(f"{at}: expected {shape.__name__}")
    return value


class Android:
    """A phone with the SDK of app `app`. It keeps its device, and gets a token when it is answered 401."""

    def __init__(self, world: World, app: int = 2) -> None:
        self.api, self.client = world.api, f"client-{app}"
        self.token: str | None = None
        self.device: dict[str, Any] = {}
        self.log: list[tuple[str, str, int]] = []

    def log_in(self) -> dict[str, Any]:
        """With the header that every call has, whatever token there is to put into it."""
        body = form(grant_type="client_credentials", client_id=self.client, client_secret=SECRET)
        answer = self._exchange("POST", "/api/oauth/token?_app", FORM, body, f"Bearer {self.token or 'null'}")
        found: dict[str, Any] = self.read(answer, TOKEN)
        self.token = found["access_token"]
        return found

    def call(self, method: str, path: str, kind: str = JSON, body: bytes = b"") -> Answer:
        """With the token there is, and once more with a new one after a 401: on nothing else it logs in."""
        answer = self._exchange(method, path, kind, body, self.token and f"Bearer {self.token}")
        if answer.status != 401:
            return answer
        self.log_in()
        return self._exchange(method, path, kind, body, f"Bearer {self.token}")

    def sync(self, **fields: Any) -> dict[str, Any]:
        """Sends all that it knows and what is new; an unknown device is made anew, with its tags as they were."""
        known = {**self.device, "replaceTokens": True, **fields}
        sent = {name: value for name, value in known.items() if value is not None}
        if "id" in sent:
            answer = self.call("PUT", f"/api/segmentation/appuser/{sent['id']}", body=as_json(sent))
            if answer.status == 404:
                answer = self.call("POST", "/api/segmentation/appuser/", body=as_json(sent))
        else:
            answer = self.call("POST", "/api/segmentation/appuser/", body=as_json(sent))
        self.device = self.read(answer, DEVICE)
        return self.device

    def report(self, schedule: str, action: str) -> dict[str, Any]:
        fields = form(device=self.device["alias"], schedule=schedule, action=action, platform="android")
        found: dict[str, Any] = self.read(self.call("POST", "/api/push/schedule/activity", FORM, fields), ACTIVITY)
        return found

    def read(self, answer: Answer, shape: Any) -> Any:
        if not 200 <= answer.status < 300:
            raise AssertionError((self.log, answer))
        return gson(shape, answer.json())

    def _exchange(self, method: str, path: str, kind: str, body: bytes, token: str | None) -> Answer:
        headers = [("Accept-Encoding", "gzip"), ("User-Agent", "okhttp/3.4.1"), ("to-cache", "0")]
        headers += [("Content-Type", kind)] if body else []
        headers += [("Authorization", token)] if token else []
        # `https://HOST/` and `/api/…` are joined as they are.
        answer = exchange(self.api, method, f"/{path}", headers, body)
        self.log.append((method, path, answer.status))
        return answer


def opened(data: Mapping[str, Any]) -> dict[str, Any]:
    """A message as the SDK takes it apart: `extra` is unpacked over the other keys, and an image needs both halves.

    Raises Crash where it would.
    """
    if not all(isinstance(value, str) for value in data.values()):
        raise Crash("RemoteMessage holds texts only")
    extra = json.loads(data.get("extra", "{}"))
    if not isinstance(extra, dict):
        raise Crash("extra is no JSON object")
    read: dict[str, Any] = {**data, **extra}
    if "image" in read:
        image = json.loads(read["image"])
        if not (isinstance(image, dict) and image.get("url") and image.get("layout")):
            raise Crash("NullPointerException in the image's layout")
        read["image"] = image
    two_factor = read.get("type") == "2_FACTOR"
    if two_factor and not isinstance(read.get("code"), str):
        raise Crash("a 2_FACTOR message without a code")
    read["kind"] = "two-factor" if two_factor else "silent" if read.get("content_available") == "1" else "shown"
    return read

"""HALO's iOS SDK as a server sees it. Swift's `as!` takes the app down where a field has another type."""

from collections.abc import Mapping
from typing import Any

from fakes.world import SECRET, World
from halo.sdks.wire import FORM, Answer, Crash, as_json, exchange, form

JSON = "application/json"
TOKEN = {"access_token": str, "refresh_token": str, "token_type": str, "expires_in": int}
# A question mark: may be missing or null.
DEVICE = {
    "id": str, "alias": str, "email?": str, "appId?": int, "createdAt?": int, "updatedAt?": int,
    "devices": [{"platform": str, "token": str}], "tags": [{"name": str, "value": str, "id?": str, "tagType?": str}],
}  # fmt: skip
ACTIVITY = {"device": str, "schedule": str, "action": str, "platform": str}
ERROR = {"error": {"message": str, "extra": {}, "type": str}}
VERSIONS = [{"minIOS": str, "iosChangeLog": str}]


def cast(shape: Any, value: Any, at: str = "self") -> Any:
    """`value as! shape`."""
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            raise Crash(f"could not cast {at} to a dictionary")
        for name, inner in shape.items():
            key = name.removesuffix("?")
            if key == name or value.get(key) is not None:
                cast(inner, value.get(key), f"{at}.{key}")
        return value
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise Crash(f"could not cast {at} to an array")
        return [cast(shape[0], each, f"{at}[]") for each in value]
    if not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        raise Crash(f"could not cast {at} to {shape.__name__}")
    return value


def failure(answer: Answer) -> dict[str, Any]:
    """What the SDK makes of an error: a dictionary of texts, or a crash."""
    read: dict[str, Any] = cast(ERROR, answer.json())["error"]
    if read["type"] != "HaloError" or not all(isinstance(why, str) for why in read["extra"].values()):
        raise Crash("could not cast error.extra to [String: String]")
    return read


class IOS:
    """A phone with the SDK of app 2. `dropped` are the calls that it gave up because a refresh failed."""

    def __init__(self, world: World) -> None:
        self.api = world.api
        self.tokens: dict[str, Any] = {}
        self.device: dict[str, Any] = {}
        self.log: list[tuple[str, str, int]] = []
        self.dropped: list[str] = []

    def log_in(self) -> dict[str, Any]:
        """Credentials of the client once; from then on the refresh token alone, whatever happens."""
        client = {"client_id": "client-2", "client_secret": SECRET}
        if self.tokens:
            body = form(grant_type="refresh_token", refresh_token=self.tokens["refresh_token"], **client)
        else:
            body = form(grant_type="client_credentials", **client)
        answer = self._exchange("POST", "/api/oauth/token?_app", FORM, body)
        if answer.status == 200:
            self.tokens = cast(TOKEN, answer.json())
        return self.tokens if answer.status == 200 else failure(answer)

    def call(self, method: str, path: str, kind: str = JSON, body: bytes = b"") -> Answer:
        answer = self._exchange(method, path, kind, body)
        if answer.status != 401:
            return answer
        failure(answer)
        if "access_token" not in self.log_in():
            self.dropped.append(path)
            return answer
        return self._exchange(method, path, kind, body)

    def sync(self, **fields: Any) -> dict[str, Any]:
        """Empty lists are left out, moments have fractions, and only a PUT replaces tokens."""
        known = {**self.device, **fields, "updatedAt": 1_476_090_159_082.25}
        sent = {name: value for name, value in known.items() if value not in (None, [])}
        if "id" in sent:
            path = f"/api/segmentation/appuser/{sent['id']}"
            answer = self.call("PUT", path, body=as_json(sent | {"replaceTokens": True}))
        else:
            answer = self.call("POST", "/api/segmentation/appuser/", body=as_json(sent))
        self.device = self.read(answer, DEVICE)
        return self.device

    def fetch(self) -> dict[str, Any]:
        """A GET that has a body, as this SDK writes all of its requests."""
        found: dict[str, Any] = self.read(
            self.call("GET", f"/api/segmentation/appuser/{self.device['id']}", body=b"{}"), DEVICE
        )
        return found

    def report(self, schedule: str, action: str) -> dict[str, Any]:
        """Answers what the app is told: nothing unless the four fields come back."""
        said = {"device": self.device["alias"], "schedule": schedule, "action": action, "platform": "ios"}
        found: dict[str, Any] = self.read(
            self.call("POST", "/api/push/schedule/activity", body=as_json(said)), ACTIVITY
        )
        return found if found == said else {}

    def read(self, answer: Answer, shape: Any) -> Any:
        if answer.status >= 400:
            raise AssertionError((self.log, failure(answer)))
        return cast(shape, answer.json())

    def _exchange(self, method: str, path: str, kind: str, body: bytes) -> Answer:
        headers = [("Accept", "*/*"), ("Accept-Language", "es-ES;q=1"), ("Content-Type", kind)]
        headers += [("Authorization", f"Bearer {self.tokens['access_token']}")] if self.tokens else []
        answer = exchange(self.api, method, path, headers, body)
        self.log.append((method, path, answer.status))
        return answer


def received(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as `userInfo`: FCM lays `data` beside `aps`. Raises Crash where the SDK would."""
    user_info: dict[str, Any] = {**message["data"], **message["apns"]["payload"]}
    if not isinstance(user_info.get("scheduleId"), str):
        raise Crash("could not cast scheduleId to String")
    aps = user_info["aps"]
    if "alert" in aps:
        cast({}, aps["alert"], "aps.alert")
    if "sound" in aps:
        cast(str, aps["sound"], "aps.sound")
    if "badge" in aps:
        cast(int, aps["badge"], "aps.badge")
    silent = user_info.get("content_available") == "1"
    two_factor = user_info.get("type") == "2_FACTOR"
    user_info["kind"] = "silent" if silent else "two-factor" if two_factor else "shown"
    return user_info

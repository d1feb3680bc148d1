"""From a payload to the FCM message of one platform (contract §6). A message's target is spliced in later.

A rendering is made once for a platform and serves every target of it.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from push.domain.device import Platform, Target
from push.domain.payload import Payload
from push.domain.texts import as_text

MAX_PAYLOAD_BYTES = 4_096
MAX_TTL_S = 28 * 24 * 3_600
_COLLAPSE_BYTES = 64
# json.dumps builds an encoder with every call that asks for anything but its defaults.
_quoted = json.JSONEncoder(ensure_ascii=False).encode

FCM_PLATFORMS = (Platform.ANDROID, Platform.IOS, Platform.WEB)


class AndroidDisplay(StrEnum):
    """Who shows a notification on Android: HALO's SDK from `data`, or Firebase from a notification block."""

    DATA = "data"
    NOTIFICATION = "notification"


class Content(BaseModel):
    """All that a message says, frozen when its schedule was accepted. `content` names what was published."""

    model_config = ConfigDict(frozen=True)

    schedule_id: str
    name: str
    payload: Payload | None = None
    template: str | None = None
    content: str | None = None
    android_display: AndroidDisplay = AndroidDisplay.DATA

    @property
    def silent(self) -> bool:
        return self.payload is None or self.payload.silent


def render(content: Content, platform: Platform, ttl_s: int, now_s: int) -> dict[str, Any]:
    """An FCM v1 `Message` without its target. `ttl_s` is how long FCM may still try, from `now_s` (Unix seconds)."""
    ttl_s = max(0, min(ttl_s, MAX_TTL_S))
    if platform is Platform.IOS:
        return _ios(content, ttl_s, now_s)
    if platform is Platform.WEB:
        return _web(content, ttl_s)
    return _android(content, ttl_s)


class Rendering:
    """A rendered message as bytes, into which each target is spliced: as fast as joining strings."""

    def __init__(self, message: Mapping[str, Any]) -> None:
        self._rest = b"," + json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()[1:] + b"}"

    def to(self, target: Target) -> bytes:
        """The body of one messages:send request."""
        return f'{{"message":{{"{target.kind}":{_quoted(target.value)}'.encode() + self._rest


def size(message: Mapping[str, Any]) -> int:
    """Bytes that count against FCM's 4,096: keys and values of data, and what is shown beside it."""
    data = sum(len(k.encode()) + len(v.encode()) for k, v in message.get("data", {}).items())
    beside = message.get("apns", {}).get("payload") or message.get("android", {}).get("notification")
    return data + (len(json.dumps(beside, ensure_ascii=False, separators=(",", ":")).encode()) if beside else 0)


def _shared(content: Content) -> dict[str, str]:
    """What every platform gets: the schedule's id, and what a sender passes on."""
    data = {"scheduleId": content.schedule_id}
    payload = content.payload
    if content.content:
        data["content"] = content.content
    if payload is None:
        return data | {"name": content.name}
    data |= payload.data.custom
    if payload.data.type:
        data["type"] = payload.data.type
    if payload.data.url:
        data["url"] = payload.data.url
    if payload.data.extra is not None:
        data["extra"] = as_text(payload.data.extra)
    return data


def _present(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _android(content: Content, ttl_s: int) -> dict[str, Any]:
    data = _shared(content)
    android: dict[str, Any] = {"priority": "NORMAL" if content.silent else "HIGH", "ttl": f"{ttl_s}s"}
    if content.silent:
        data["content_available"] = "1"
    if content.payload is not None:
        shown = content.payload.notification
        image = content.payload.data.image
        if image:
            data["image"] = as_text(image.model_dump())
        badge = None if shown.badge is None else str(shown.badge)
        in_data = _present(
            title=shown.title, body=shown.body, icon=shown.icon, sound=shown.sound, badge=badge, color=shown.color,
            click_action=shown.click_action,
        )  # fmt: skip
        if content.android_display is AndroidDisplay.DATA or content.silent or shown.empty:
            data |= in_data
        else:
            android["notification"] = _present(
                title=shown.title, body=shown.body, icon=shown.icon, sound=shown.sound, color=shown.color,
                click_action=shown.click_action, tag=shown.tag or content.schedule_id, notification_count=shown.badge,
                body_loc_key=shown.body_loc_key, body_loc_args=_listed(shown.body_loc_args),
                title_loc_key=shown.title_loc_key, title_loc_args=_listed(shown.title_loc_args),
                image=image.url if image else None,
            )  # fmt: skip
    return {"data": data, "android": android}


def _ios(content: Content, ttl_s: int, now_s: int) -> dict[str, Any]:
    data = _shared(content)
    aps: dict[str, Any] = {"content-available": 1}
    collapse = content.schedule_id
    # A 2_FACTOR message without text is for the SDK alone: Apple is to wake the app, not to show anything.
    alert = not content.silent and content.payload is not None and content.payload.has_text
    if content.silent:
        data["content_available"] = "1"
    if content.template:
        data["template"] = content.template
    if content.payload is not None:
        shown = content.payload.notification
        data |= _present(title=shown.title, body=shown.body, icon=shown.icon, sound=shown.sound)
        if content.payload.data.image:
            data["image"] = as_text(content.payload.data.image.model_dump())
        # A header of APNs: what cannot stand in one leaves the schedule's own id there.
        if shown.tag and shown.tag.isascii() and shown.tag.isprintable() and len(shown.tag) <= _COLLAPSE_BYTES:
            collapse = shown.tag
        if alert:
            aps |= _alert(content.payload, content.template)
    headers = {
        "apns-priority": "10" if alert else "5",
        "apns-push-type": "alert" if alert else "background",
        "apns-expiration": str(now_s + ttl_s),
        "apns-collapse-id": collapse,
    }
    return {"data": data, "apns": {"headers": headers, "payload": {"aps": aps}}}


def _alert(payload: Payload, template: str | None) -> dict[str, Any]:
    shown = payload.notification
    alert = {
        "title": shown.title,
        "body": shown.body,
        "loc-key": shown.body_loc_key,
        "loc-args": _listed(shown.body_loc_args),
        "title-loc-key": shown.title_loc_key,
        "title-loc-args": _listed(shown.title_loc_args),
    }
    aps: dict[str, Any] = {"alert": {key: value for key, value in alert.items() if value is not None}}
    if shown.sound:
        aps["sound"] = shown.sound if shown.sound == "default" else f"{shown.sound}.aiff"
    if shown.badge is not None:
        aps["badge"] = shown.badge
    if shown.click_action:
        aps["category"] = shown.click_action
    if payload.data.image:
        aps["mutable-content"] = 1
    if template:
        aps["template"] = template
    return aps


def _web(content: Content, ttl_s: int) -> dict[str, Any]:
    data = _shared(content)
    if content.silent:
        data["isSilent"] = "true"
    if content.payload is not None:
        shown = content.payload.notification
        # Android's icons are drawable names; the worker would ask the web server for one.
        icon = shown.icon if shown.icon and "/" in shown.icon else None
        image = content.payload.data.image
        data |= _present(title=shown.title, body=shown.body, icon=icon, image=image.url if image else None)
    headers = {"TTL": str(ttl_s), "Urgency": "normal" if content.silent else "high"}
    return {"data": data, "webpush": {"headers": headers}}


def _listed(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)

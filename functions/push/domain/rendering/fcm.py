"""From a payload to the FCM message of one platform. A message's target is spliced in later.

A rendering is made once for a platform and serves every target of it.
"""

import json
from collections.abc import Mapping
from typing import Any

from push.domain.device import Platform, Target
from push.domain.rendering.content import AndroidDisplay, Content
from push.domain.rendering.data import for_android, listed, present, shared, shown_on_android
from push.domain.rendering.ios import ios

MAX_PAYLOAD_BYTES = 4_096
MAX_TTL_S = 28 * 24 * 3_600

# json.dumps builds an encoder with every call that asks for anything but its defaults.
_quoted = json.JSONEncoder(ensure_ascii=False).encode

FCM_PLATFORMS = (Platform.ANDROID, Platform.IOS, Platform.WEB)


def render(content: Content, platform: Platform, ttl_s: int, now_s: int) -> dict[str, Any]:
    """An FCM v1 `Message` without its target. `ttl_s` is how long FCM may still try, from `now_s` (Unix seconds)."""
    ttl_s = max(0, min(ttl_s, MAX_TTL_S))
    if platform is Platform.IOS:
        return ios(content, ttl_s, now_s)
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


def _android(content: Content, ttl_s: int) -> dict[str, Any]:
    data = for_android(content)
    android: dict[str, Any] = {"priority": "NORMAL" if content.silent else "HIGH", "ttl": f"{ttl_s}s"}
    if content.payload is None:
        return {"data": data, "android": android}
    shown = content.payload.notification
    image = content.payload.data.image
    if content.android_display is AndroidDisplay.DATA or content.silent or shown.empty:
        data |= shown_on_android(content)
    else:
        android["notification"] = present(
            title=shown.title, body=shown.body, icon=shown.icon, sound=shown.sound, color=shown.color,
            click_action=shown.click_action, tag=shown.tag or content.schedule_id, notification_count=shown.badge,
            body_loc_key=shown.body_loc_key, body_loc_args=listed(shown.body_loc_args),
            title_loc_key=shown.title_loc_key, title_loc_args=listed(shown.title_loc_args),
            image=image.url if image else None,
        )  # fmt: skip
    return {"data": data, "android": android}


def _web(content: Content, ttl_s: int) -> dict[str, Any]:
    data = shared(content)
    if content.silent:
        data["isSilent"] = "true"
    if content.payload is not None:
        shown = content.payload.notification
        # Android's icons are drawable names; the worker would ask the web server for one.
        icon = shown.icon if shown.icon and "/" in shown.icon else None
        image = content.payload.data.image
        data |= present(title=shown.title, body=shown.body, icon=icon, image=image.url if image else None)
    headers = {"TTL": str(ttl_s), "Urgency": "normal" if content.silent else "high"}
    return {"data": data, "webpush": {"headers": headers}}

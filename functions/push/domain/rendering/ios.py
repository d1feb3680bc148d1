"""Messages for Apple devices: `data` for HALO's SDK, and what Apple shows."""

from typing import Any

from push.domain.payload import Payload
from push.domain.rendering.content import Content
from push.domain.rendering.data import listed, present, shared
from push.domain.texts import as_text


def ios(content: Content, ttl_s: int, now_s: int) -> dict[str, Any]:
    data = shared(content)
    aps: dict[str, Any] = {"content-available": 1}
    # A 2_FACTOR message without text is for the SDK alone: Apple is to wake the app, not to show anything.
    alert = not content.silent and content.payload is not None and content.payload.has_text
    if content.silent:
        data["content_available"] = "1"
    if content.template:
        data["template"] = content.template
    if content.payload is not None:
        shown = content.payload.notification
        data |= present(title=shown.title, body=shown.body, icon=shown.icon, sound=shown.sound)
        if content.payload.data.image:
            data["image"] = as_text(content.payload.data.image.model_dump())
        if alert:
            aps |= _alert(content.payload, content.template)
    headers = {
        "apns-priority": "10" if alert else "5",
        "apns-push-type": "alert" if alert else "background",
        "apns-expiration": str(now_s + ttl_s),
        "apns-collapse-id": content.collapse_key,
    }
    return {"data": data, "apns": {"headers": headers, "payload": {"aps": aps}}}


def _alert(payload: Payload, template: str | None) -> dict[str, Any]:
    shown = payload.notification
    alert = {
        "title": shown.title,
        "body": shown.body,
        "loc-key": shown.body_loc_key,
        "loc-args": listed(shown.body_loc_args),
        "title-loc-key": shown.title_loc_key,
        "title-loc-args": listed(shown.title_loc_args),
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

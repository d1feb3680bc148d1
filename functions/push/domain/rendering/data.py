"""The `data` map that the apps on phones read, in the parts that platforms have in common."""

from typing import Any

from push.domain.rendering.content import Content
from push.domain.texts import as_text


def shared(content: Content) -> dict[str, str]:
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


def for_android(content: Content) -> dict[str, str]:
    """What is not shown: whether it is silent, and the image, beside what every platform gets."""
    data = shared(content)
    if content.silent:
        data["content_available"] = "1"
    if content.payload is not None and content.payload.data.image:
        data["image"] = as_text(content.payload.data.image.model_dump())
    return data


def shown_on_android(content: Content) -> dict[str, str]:
    """What HALO's SDK for Android builds a notification from."""
    if content.payload is None:
        return {}
    shown = content.payload.notification
    return present(
        title=shown.title, body=shown.body, icon=shown.icon, sound=shown.sound,
        badge=None if shown.badge is None else str(shown.badge), color=shown.color, click_action=shown.click_action,
    )  # fmt: skip


def present(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def listed(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)

"""What a phone would display: HALO's SDK (its wire contract, *What arrives on a phone*) or Firebase shows it.

- Android: HALO's SDK builds the notification from `data`, with `extra` unpacked over the other keys; a notification
  block is shown by Firebase instead. `content_available` "1" makes a message silent, unless it is a two-factor code.
- iOS: the system shows `aps.alert` (FCM fills it from a notification block); `content-available` without one is silent.
- web: the worker shows `data`, or a notification block; only `isSilent` "true" is silent.
"""

import json
from dataclasses import dataclass, fields
from typing import Any, Literal

from infra.local.fcm import strictjson
from infra.local.fcm.inbox import schedule_of
from infra.local.fcm.rules import Json, block, either, is_silent

Platform = Literal["android", "ios", "web"]


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    layout: str = ""


@dataclass(frozen=True, slots=True)
class Display:
    """A notification, or a silent message. `title` and `body` are what a user reads; a localised text is only known
    to the app, so its key stands in `*_loc` as "KEY" or "KEY(argument, argument)". `badge` is a number, on the web an
    image's URL. `extra` is an object, or a text where it is not JSON."""

    platform: Platform
    schedule_id: str
    silent: bool
    title: str = ""
    body: str = ""
    subtitle: str = ""
    title_loc: str = ""
    body_loc: str = ""
    icon: str = ""
    sound: str = ""
    badge: str = ""
    color: str = ""
    image: Image | None = None
    category: str = ""
    url: str = ""
    code: str = ""
    extra: Any = None

    def as_json(self) -> dict[str, Any]:
        """camelCase, without what is not set."""
        shown = {_camel(field.name): getattr(self, field.name) for field in fields(self)}
        if self.image:
            shown["image"] = {"url": self.image.url, "layout": self.image.layout}
        return {name: value for name, value in shown.items() if value not in ("", None)}


def display(message: Json) -> Display:
    """The message (the `message` of a request that was accepted) as its phone shows it.

    The platform is the first of android, apns and webpush that the message has a block for; none means Android.
    """
    if not block(message, "android") and not block(message, "android_v2", "androidV2"):
        if message.get("apns"):
            return _ios(message, message["apns"])
        if message.get("webpush"):
            return _web(message, message["webpush"])
    return _android(message, block(message, "android"))


def _android(message: Json, android: Json) -> Display:
    data = android.get("data") or block(message, "data")
    code = data.get("code", "") if data.get("type") == "2_FACTOR" else ""
    shown = block(message, "notification") | block(android, "notification")
    extra = _parsed(data.get("extra"))
    known = {"platform": "android", "schedule_id": schedule_of(message), "extra": extra, "code": code}
    if shown:
        return Display(**_shown_by_firebase(shown), **known, silent=False, url=data.get("url", ""))
    if isinstance(extra, dict):
        data = data | {key: value if isinstance(value, str) else json.dumps(value) for key, value in extra.items()}
    return Display(
        **known,
        **_texts(data, "title", "body", "icon", "sound", "badge", "color", "url"),
        silent=data.get("content_available") == "1" and not code,
        image=_image(data.get("image")),
        category=data.get("click_action", ""),
    )


def _shown_by_firebase(shown: Json) -> Json:
    names = ("title", "body", "icon", "sound", "color")
    return _texts(shown, *names) | {
        "badge": _text(either(shown, "notification_count", "notificationCount")),
        "image": _image(shown.get("image")),
        "category": either(shown, "click_action", "clickAction") or "",
        "title_loc": _localised(
            either(shown, "title_loc_key", "titleLocKey"), either(shown, "title_loc_args", "titleLocArgs")
        ),
        "body_loc": _localised(
            either(shown, "body_loc_key", "bodyLocKey"), either(shown, "body_loc_args", "bodyLocArgs")
        ),
    }


def _ios(message: Json, apns: Json) -> Display:
    payload = block(apns, "payload")
    aps = block(payload, "aps")
    # FCM hands the keys of `data` on beside `aps`; the payload's own win.
    data = block(message, "data") | {key: value for key, value in payload.items() if key != "aps"}
    alert, notification = aps.get("alert"), block(message, "notification")
    alert = {"body": alert} if isinstance(alert, str) else notification | (alert if isinstance(alert, dict) else {})
    sound = aps.get("sound")
    picture = block(apns, "fcm_options", "fcmOptions").get("image") or data.get("image") or notification.get("image")
    silent = is_silent(message, apns)
    return Display(
        platform="ios",
        schedule_id=schedule_of(message),
        silent=silent,
        **_texts(alert, "title", "subtitle", "body"),
        title_loc=_localised(alert.get("title-loc-key"), alert.get("title-loc-args")),
        body_loc=_localised(alert.get("loc-key"), alert.get("loc-args")),
        sound=_text(sound.get("name") if isinstance(sound, dict) else sound),
        badge=_text(aps.get("badge")),
        image=_image(picture),
        category=_text(aps.get("category")),
        url=_text(data.get("url")),
        code=_text(data.get("code")) if data.get("type") == "2_FACTOR" and not silent else "",
        extra=_parsed(data.get("extra")),
    )


def _web(message: Json, webpush: Json) -> Display:
    data = webpush.get("data") or block(message, "data")
    shown = block(message, "notification") | block(webpush, "notification")
    link = block(webpush, "fcm_options", "fcmOptions").get("link")
    return Display(
        platform="web",
        schedule_id=schedule_of(message),
        silent=not shown and data.get("isSilent") == "true",
        **_texts(shown or data, "title", "body", "icon", "badge"),
        image=_image((shown or data).get("image")),
        url=_text(link or data.get("url")),
        extra=_parsed(data.get("extra")),
    )


def _texts(source: Json, *names: str) -> dict[str, Any]:
    return {name: _text(source.get(name)) for name in names}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _localised(key: Any, arguments: Any) -> str:
    if not key:
        return ""
    return f"{key}({', '.join(map(str, arguments))})" if isinstance(arguments, list) and arguments else str(key)


def _parsed(text: Any) -> Any:
    """The JSON in a text; the text itself if it is none."""
    try:
        return strictjson.parse(text) if isinstance(text, str) and text else text
    except ValueError:
        return text


def _image(value: Any) -> Image | None:
    """HALO's `{"url", "layout"}` as JSON text, or a plain URL."""
    parsed = _parsed(value)
    if isinstance(parsed, dict):
        return Image(_text(parsed.get("url")), _text(parsed.get("layout")))
    return Image(_text(value)) if value else None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))

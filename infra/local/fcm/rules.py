"""What FCM asks of a message that parses: sizes, reserved keys, lifetimes, Apple's headers.

Two rules are stricter than the real service, which answers 200 and lets the message fail later, at Apple or on the way:
a silent Apple message must carry `apns-priority: 5` and may only have the push type `background`; and Apple's collapse
id and expiration are checked here instead of there.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from infra.local.fcm.errors import Refused, invalid_argument

Json = dict[str, Any]

PAYLOAD_BYTES = 4096
TOPIC_PAYLOAD_BYTES = 2048
TTL_SECONDS = 28 * 24 * 3600
COLLAPSE_ID_BYTES = 64
RESERVED = ("from", "message_type")
RESERVED_PREFIXES = ("google", "gcm")
LABEL = re.compile(r"[a-zA-Z0-9\-_.~%]{1,50}")


def either(block: Json, snake: str, camel: str) -> Any:
    """A field of a message, however it is spelled; None if it is not there."""
    value = block.get(snake)
    return block.get(camel) if value is None else value


def block(parent: Json, snake: str, camel: str = "") -> Json:
    """A part of a message; empty if it is not there."""
    return either(parent, snake, camel or snake) or {}


def check_rules(message: Json, size: int) -> None:
    """Raises `Refused` for the first rule the message breaks; `size` is the whole request in bytes."""
    android, v2 = block(message, "android"), block(message, "android_v2", "androidV2")
    apns, webpush = block(message, "apns"), block(message, "webpush")
    for path, holder in (("message", message), ("message.android", android), ("message.webpush", webpush)):
        _check_keys(path, holder)
    for path, holder in (("message.android", android), ("message.android_v2", v2)):
        _check_ttl(path, holder.get("ttl"))
    parts = (("message", message), ("message.android", android), ("message.apns", apns), ("message.webpush", webpush))
    for path, holder in parts:
        _check_label(path, block(holder, "fcm_options", "fcmOptions"))
    if apns:
        _check_apns(message, apns)
    limit = TOPIC_PAYLOAD_BYTES if message.get("topic") or message.get("condition") else PAYLOAD_BYTES
    # The counted strings are part of the request, so a small request cannot hold a big payload.
    if size > limit:
        _check_size(message, limit)


def _check_keys(path: str, holder: Json) -> None:
    for key in holder.get("data") or ():
        if key in RESERVED or key.startswith(RESERVED_PREFIXES):
            raise invalid_argument(f"{path}.data", f"Invalid data payload key: {key}")


def _check_ttl(path: str, ttl: str | None) -> None:
    if ttl is not None and not 0 <= float(ttl[:-1]) <= TTL_SECONDS:
        raise invalid_argument(f"{path}.ttl", f"Invalid TTL: {ttl} is not between 0s and {TTL_SECONDS}s.")


def _check_label(path: str, options: Json) -> None:
    label = either(options, "analytics_label", "analyticsLabel")
    if label and not LABEL.fullmatch(label):
        field = f"{path}.fcm_options.analytics_label"
        raise invalid_argument(field, f"Invalid analytics label: {label}. It must match {LABEL.pattern}")


def is_silent(message: Json, apns: Json) -> bool:
    """Whether an iPhone shows nothing: `content-available` and neither alert nor sound nor badge."""
    aps = block(block(apns, "payload"), "aps")
    shown = message.get("notification") or any(aps.get(key) is not None for key in ("alert", "sound", "badge"))
    return aps.get("content-available") == 1 and not shown


def _check_apns(message: Json, apns: Json) -> None:
    aps = block(apns, "payload").get("aps")
    if aps is not None and type(aps) is not dict:
        raise invalid_argument("message.apns.payload.aps", "Invalid APNs payload: aps must be an object.")
    headers = {name.lower(): value for name, value in block(apns, "headers").items()}
    priority, push_type = headers.get("apns-priority"), headers.get("apns-push-type")
    if priority not in (None, "1", "5", "10"):
        raise _header("apns-priority", priority, "it must be 10, 5 or 1")
    if is_silent(message, apns):
        if priority != "5":
            raise _header("apns-priority", priority, "a message with only content-available must have 5")
        if push_type not in (None, "background"):
            raise _header("apns-push-type", push_type, "a message with only content-available must have background")
    if len(headers.get("apns-collapse-id", "").encode()) > COLLAPSE_ID_BYTES:
        raise _header("apns-collapse-id", headers["apns-collapse-id"], f"at most {COLLAPSE_ID_BYTES} bytes")
    if not re.fullmatch(r"\d+", headers.get("apns-expiration", "0"), re.ASCII):
        raise _header("apns-expiration", headers["apns-expiration"], "it must be a UNIX time in seconds")


def _header(name: str, value: str | None, rule: str) -> Refused:
    return invalid_argument("message.apns.headers", f"Invalid value for APNs header {name}: {value or 'none'}: {rule}.")


def _check_size(message: Json, limit: int) -> None:
    """Counted are UTF-8 bytes, for every platform the message has a block for (none means Android):

    | Android | keys and values of `data` (`android.data` instead, if there), strings of both notification blocks |
    | Apple | `apns.payload` as compact JSON, keys and values of `data`, strings of the notification block |
    | web | keys and values of `data` (`webpush.data` instead, if there), strings of both notification blocks |
    """
    android, apns, webpush = (block(message, name) for name in ("android", "apns", "webpush"))
    data, common = block(message, "data"), _bytes(_strings(message.get("notification")))
    if android or not (apns or webpush):
        held = common + _map_bytes(android.get("data") or data) + _bytes(_strings(android.get("notification")))
        if held > limit:
            raise invalid_argument("message", "Android message is too big")
    if apns:
        payload = json.dumps(apns.get("payload") or {}, ensure_ascii=False, separators=(",", ":"))
        if common + _map_bytes(data) + _bytes([payload]) > limit:
            raise invalid_argument("message.apns.payload", "APNs payload too big")
    if webpush:
        held = common + _map_bytes(webpush.get("data") or data) + _bytes(_strings(webpush.get("notification")))
        if held > limit:
            raise invalid_argument("message.webpush", "Web push message is too big")


def _strings(value: Any) -> Iterable[str]:
    """Every string in it, without the names of the fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _bytes(strings: Iterable[str]) -> int:
    return sum(len(text.encode()) for text in strings)


def _map_bytes(data: dict[str, str]) -> int:
    return _bytes(data) + _bytes(data.values())

"""Google's API description compiled into checks of protobuf JSON, once, at start.

`fcm.v1.json` is the discovery document that google-api-python-client ships. Every schema becomes a closure with the
paths of its fields built in, so that a valid message costs a few dictionary look-ups. As in protobuf JSON a field is
spelled `clickAction` or `click_action` (never both) and null means absent; paths in errors are protobuf's own names.
"""

import json
import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any, NamedTuple

from infra.local.fcm.errors import Violation
from infra.local.fcm.scalars import SCALARS, enum, received, string

Check = Callable[[Any, str, list[Violation]], None]
"""check(value, path, found): appends to `found` what is wrong with the value at that path."""

PACKAGE = "type.googleapis.com/google.firebase.fcm.v1."
# The document leaves out what its enums are called; the reference of `projects.messages` says it.
ENUMS = {
    "priority": "AndroidMessagePriority",
    "notificationPriority": "AndroidNotification.NotificationPriority",
    "visibility": "AndroidNotification.Visibility",
    "proxy": "AndroidNotification.Proxy",
}


class Field(NamedTuple):
    name: str
    other_spelling: str | None
    path: str
    check: Check


def snake(name: str) -> str:
    """collapseKey → collapse_key, androidV2 → android_v2."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def document() -> dict[str, Any]:
    shipped = files("googleapiclient.discovery_cache.documents").joinpath("fcm.v1.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(shipped)
    return loaded


def compile_schema(schemas: dict[str, Any], name: str, path: str = "") -> Check:
    """The check of the message type `name` found at `path` ("" for the request itself)."""
    fields: dict[str, Field] = {}
    for camel, described in schemas[name].get("properties", {}).items():
        proto = snake(camel)
        where = f"{path}.{proto}" if path else proto
        compiled = _compile(schemas, camel, described, where)
        fields[camel] = Field(proto, proto if proto != camel else None, where, compiled)
        if proto != camel:
            fields[proto] = Field(proto, None, where, compiled)
    at = f" at '{path}'" if path else ""

    def check(value: Any, _: str, found: list[Violation]) -> None:
        if type(value) is not dict:
            _not_an_object(value, path, f"{PACKAGE}{name}", found)
            return
        for key, item in value.items():
            field = fields.get(key)
            if field is None:
                found.append((path, f'Invalid JSON payload received. Unknown name "{key}"{at}: Cannot find field.'))
            elif field.other_spelling is not None and field.other_spelling in value:
                text = f"Invalid JSON payload received. Name \"{key}\"{at}: field '{field.name}' is already set."
                found.append((path, text))
            elif item is not None:
                field.check(item, field.path, found)

    return check


def _compile(schemas: dict[str, Any], camel: str, described: dict[str, Any], path: str) -> Check:
    if "$ref" in described:
        return compile_schema(schemas, described["$ref"], path)
    kind = described["type"]
    if kind == "array":
        return _list_of(_compile(schemas, camel, described["items"], path))
    if kind == "object":
        anything = described["additionalProperties"]["type"] == "any"
        return _struct if anything else _map_of_strings
    if "enum" in described:
        return enum(PACKAGE + ENUMS[camel], described["enum"])
    return SCALARS[described.get("format", kind)]


def _list_of(check_item: Check) -> Check:
    def check(value: Any, path: str, found: list[Violation]) -> None:
        # Protobuf's JSON parser also takes a single value for a list; nobody should rely on it, so this one does not.
        if type(value) is not list:
            found.append((path, f"Invalid value at '{path}' (repeated), {received(value)}"))
            return
        for index, item in enumerate(value):
            check_item(item, f"{path}[{index}]", found)

    return check


def _map_of_strings(value: Any, path: str, found: list[Violation]) -> None:
    if type(value) is not dict:
        _not_an_object(value, path, "Map", found)
        return
    for index, item in enumerate(value.values()):
        if type(item) is not str:
            string(item, f"{path}[{index}].value", found)


def _struct(value: Any, path: str, found: list[Violation]) -> None:
    """google.protobuf.Struct: any JSON object; what Apple or a browser makes of it is not FCM's affair."""
    if type(value) is not dict:
        _not_an_object(value, path, "type.googleapis.com/google.protobuf.Struct", found)


def _not_an_object(value: Any, path: str, kind: str, found: list[Violation]) -> None:
    if not path:
        found.append(("", 'Invalid JSON payload received. Unknown name "": Root element must be a message.'))
    elif type(value) is list:
        string(value, path, found)
    else:
        found.append((path, f"Invalid value at '{path}' ({kind}), {received(value)}"))

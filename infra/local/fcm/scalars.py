"""How protobuf JSON reads single values, and what Google's front end says of one it cannot read."""

import json
import re
from collections.abc import Callable
from typing import Any

from infra.local.fcm.errors import Violation

DURATION = re.compile(r"-?\d{1,12}(\.\d{1,9})?s")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
INT32 = range(-(2**31), 2**31)
FLOAT_MAX = 3.4028235e38


def received(value: Any) -> str:
    """The value as it goes into an error's text: JSON."""
    return json.dumps(value, ensure_ascii=False)


def _wrong(value: Any, path: str, kind: str, found: list[Violation], why: str = "") -> None:
    """Objects and lists where a single value belongs have sentences of their own."""
    if type(value) is dict and value:
        text = f"Invalid JSON payload received. Unknown name \"{next(iter(value))}\" at '{path}': Cannot find field."
    elif type(value) is list:
        parent, _, name = path.rpartition(".")
        text = (
            f"Invalid JSON payload received. Unknown name \"{name}\" at '{parent}': "
            "Proto field is not repeating, cannot start list."
        )
        path = parent
    else:
        text = f"Invalid value at '{path}' ({kind}), {why or received(value)}"
    found.append((path, text))


def string(value: Any, path: str, found: list[Violation]) -> None:
    if type(value) is not str:
        _wrong(value, path, "TYPE_STRING", found)


def _boolean(value: Any, path: str, found: list[Violation]) -> None:
    if type(value) is not bool:
        _wrong(value, path, "TYPE_BOOL", found)


def _int32(value: Any, path: str, found: list[Violation]) -> None:
    """A number without a fraction, or its text."""
    # Compared, not looked up: a float is searched for in a range one number after the other.
    if type(value) in (int, float) and -(2**31) <= value < 2**31 and value == int(value):
        return
    if type(value) is str and re.fullmatch(r"-?\d{1,10}", value, re.ASCII) and int(value) in INT32:
        return
    _wrong(value, path, "TYPE_INT32", found)


def _float(value: Any, path: str, found: list[Violation]) -> None:
    """A number within float32, its text, or one of protobuf's three words."""
    if type(value) in (int, float) and abs(value) <= FLOAT_MAX:
        return
    if type(value) is str and (
        value in ("NaN", "Infinity", "-Infinity") or re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", value, re.ASCII)
    ):
        return
    _wrong(value, path, "TYPE_FLOAT", found)


def _field(path: str) -> str:
    """The last name of a path as JSON spells it: message.android.event_time → eventTime."""
    first, *rest = path.rpartition(".")[2].split("[")[0].split("_")
    return first + "".join(map(str.capitalize, rest))


def _duration(value: Any, path: str, found: list[Violation]) -> None:
    if type(value) is str and DURATION.fullmatch(value):
        return
    rule = "duration must end with 's'" if not str(value).endswith("s") else "Field must be in format of seconds"
    why = f"Field '{_field(path)}', Illegal duration format; {rule}" if type(value) is str else ""
    _wrong(value, path, "type.googleapis.com/google.protobuf.Duration", found, why)


def _timestamp(value: Any, path: str, found: list[Violation]) -> None:
    if type(value) is str and TIMESTAMP.fullmatch(value):
        return
    why = f"Field '{_field(path)}', Invalid time format: Failed to parse input" if type(value) is str else ""
    _wrong(value, path, "type.googleapis.com/google.protobuf.Timestamp", found, why)


def enum(kind: str, names: list[str]) -> Callable[[Any, str, list[Violation]], None]:
    """A name in any case (firebase-admin sends "high"), or a number."""
    known = {spelling for name in names for spelling in (name, name.lower())}

    def check(value: Any, path: str, found: list[Violation]) -> None:
        if type(value) is str and (value in known or value.upper() in known):
            return
        if type(value) is int and value in INT32:
            return
        _wrong(value, path, kind, found)

    return check


SCALARS: dict[str, Callable[[Any, str, list[Violation]], None]] = {
    "string": string,
    "boolean": _boolean,
    "int32": _int32,
    "float": _float,
    "google-duration": _duration,
    "google-datetime": _timestamp,
}

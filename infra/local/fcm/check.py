"""From the bytes of a request to a message that FCM would take."""

import json
from typing import Any, NamedTuple

from infra.local.fcm import strictjson
from infra.local.fcm.errors import Refused, Violation, bad_request, fcm_error, violations
from infra.local.fcm.rules import check_rules, either
from infra.local.fcm.schema import compile_schema, document

TARGETS = ("token", "fid", "topic", "condition")

_check_request = compile_schema(document()["schemas"], "SendMessageRequest")


class Request(NamedTuple):
    """A valid `messages:send`: who it is for, the message as it was sent, and whether to only pretend."""

    target: str
    message: dict[str, Any]
    validate_only: bool


def check(body: bytes) -> Request:
    """Raises `Refused` (400) with what the real service says: about JSON first, then types, then FCM's own rules."""
    request = _parse(body)
    found: list[Violation] = []
    _check_request(request, "", found)
    message = request.get("message") if type(request) is dict else None
    message = message if type(message) is dict else {}
    set_targets = [name for name in message if name in TARGETS and message[name] is not None]
    for name in set_targets[1:]:
        text = f"Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set '{name}'"
        found.append(("message", text))
    if found:
        raise bad_request(found)
    if not set_targets or not message[set_targets[0]]:
        raise _no_target()
    check_rules(message, len(body))
    return Request(message[set_targets[0]], message, bool(either(request, "validate_only", "validateOnly")))


def _no_target() -> Refused:
    text = "Recipient of the message is not set."
    return Refused("INVALID_ARGUMENT", text, violations([("message", text)]), fcm_error("INVALID_ARGUMENT"))


def _parse(body: bytes) -> Any:
    try:
        return strictjson.parse(body.decode())
    except json.JSONDecodeError as error:
        rest = error.doc[error.pos :].partition("\n")[0][:40]
        why = "Unexpected token." if rest.strip() else "Unexpected end of string. Expected a value."
        raise bad_request([("", f"Invalid JSON payload received. {why}\n{rest}\n^")]) from None
    except ValueError:
        raise bad_request([("", "Invalid JSON payload received. Unexpected token.")]) from None

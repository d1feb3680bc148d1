"""The emulator's own HTTP: the inbox, the phones, the behaviour. Plain functions from a request to an answer."""

import json
import re
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from infra.local.fcm import phones, strictjson
from infra.local.fcm.behaviour import Behaviour
from infra.local.fcm.errors import Refused
from infra.local.fcm.send import Answer, State
from infra.local.fcm.settings import Invalid, parse

PHONES_ON_A_PAGE = 60
PATHS = {
    "/": ("GET",),
    "/events": ("GET",),
    "/health": ("GET",),
    "/inbox": ("GET", "DELETE"),
    "/inbox/counts": ("GET",),
    "/journal": ("GET",),
    "/behaviour": ("GET", "PUT", "DELETE"),
    "/phones": ("GET",),
}
SEND = re.compile(r"/v1/projects/([^/]+)/messages(?::|%3[aA])send")


class Request(NamedTuple):
    method: str
    path: str
    query: str
    body: bytes


def methods(path: str) -> tuple[str, ...]:
    """The methods a path knows; none for a path that is not ours."""
    if SEND.fullmatch(path):
        return ("POST",)
    return ("GET",) if path.startswith(("/phones/", "/page/")) else PATHS.get(path, ())


def answer(state: State, request: Request) -> Answer:
    """Raises `Refused`, in Google's shape like everything that goes wrong here."""
    match request.method, request.path:
        case "GET", "/health":
            return _json({"status": "ok", "accepted": len(state.inbox.entries)})
        case "GET", "/inbox":
            return _inbox(state, request.query)
        case "DELETE", "/inbox":
            state.inbox.clear()
            return _json({})
        case "GET", "/inbox/counts":
            return _json(state.inbox.counts(_parameters(request.query).get("scheduleId")))
        case "GET", "/journal":
            return Answer(200, state.journal.as_json(_parameters(request.query).get("scheduleId")).encode())
        case "GET", "/behaviour":
            return _json(state.behaviour.as_json())
        case "PUT", "/behaviour":
            state.behaviour = _behaviour(request.body)
            return _json(state.behaviour.as_json())
        case "DELETE", "/behaviour":
            state.behaviour = Behaviour()
            return _json(state.behaviour.as_json())
        case "GET", "/phones":
            asked = _parameters(request.query)
            limit, after = _whole(asked, "limit"), _whole(asked, "after")
            shown = phones.page(state.inbox, limit or PHONES_ON_A_PAGE, after, asked.get("search", ""))
            return _json(shown)
        case "GET", path if path.startswith("/phones/"):
            return _json(phones.phone(state.inbox, path.removeprefix("/phones/")))
    raise not_found()


def not_found() -> Refused:
    return Refused("NOT_FOUND", "Method not found.")


def wrong_method(method: str, allowed: tuple[str, ...]) -> Refused:
    return Refused("METHOD_NOT_ALLOWED", f"{method} is not allowed here, only {' and '.join(allowed)}.")


def _json(document: Any) -> Answer:
    return Answer(200, json.dumps(document).encode())


def _inbox(state: State, query: str) -> Answer:
    """`after` skips that many of the messages found, `limit` cuts the rest; without them everything."""
    asked = _parameters(query)
    found = state.inbox.find(asked.get("scheduleId"), asked.get("target"))
    skipped, limit = _whole(asked, "after") or 0, _whole(asked, "limit")
    listed = found[skipped : None if limit is None else skipped + limit]
    return Answer(200, f"[{', '.join([entry.as_json() for entry in listed])}]".encode())


def _behaviour(body: bytes) -> Behaviour:
    try:
        return Behaviour(parse(strictjson.parse(body.decode())))
    except Invalid as invalid:
        raise Refused("INVALID_ARGUMENT", str(invalid)) from None
    except ValueError:
        raise Refused("INVALID_ARGUMENT", "The behaviour is not JSON.") from None


def _parameters(query: str) -> dict[str, str]:
    """An empty parameter is the same as none."""
    return {name: values[-1] for name, values in parse_qs(query).items()}


def _whole(asked: dict[str, str], name: str) -> int | None:
    text = asked.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise Refused("INVALID_ARGUMENT", f"{name} must be a whole number.")
    return int(text)

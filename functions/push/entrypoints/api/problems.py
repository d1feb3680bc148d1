"""Errors as callers see them: RFC 9457 problem documents with HALO's `error` object inside."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.responses import Response

from push.domain import jsontext
from push.domain.errors import FieldError, Invalid, PushError, TooManyRequests, Unauthenticated, Unavailable

MEDIA_TYPE = "application/problem+json"
# Ten thousand wrong aliases are said to be wrong by the first of them.
_MOST_ERRORS = 50
_REALM = 'realm="halo-push"'
_SHOULD = re.compile(r"^\w+ should")
_MESSAGES = {
    "missing": "is missing: send it",
    "extra_forbidden": "is unknown: leave it out",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "must be a day, such as 2026-11-22",
    ),
    "string_type": "must be a text",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
# What a limit is, in words; pydantic's own speak of validation.
_LIMITS = {
    "too_short": ("min_length", "must have at least {:,}"),
    "too_long": ("max_length", "must have at most {:,}"),
    "string_too_short": ("min_length", "must have at least {:,} characters"),
    "string_too_long": ("max_length", "must have at most {:,} characters"),
}


class ProblemField(BaseModel):
    """A JSON pointer (RFC 6901) into the request, and what is wrong there."""

    pointer: str
    message: str


class HaloError(BaseModel):
    """What HALO's SDKs read. `extra` holds one reason a field."""

    message: str
    extra: dict[str, str]
    type: str = "HaloError"


class Problem(BaseModel):
    """RFC 9457, with `code`, `errors` and HALO's `error` as extension members."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemField]
    error: HaloError


def document(error: PushError) -> Problem:
    return Problem(
        type=f"urn:halo-push:problem:{error.code}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        code=error.code,
        errors=[ProblemField(pointer=pointer, message=message) for pointer, message in error.errors],
        error=HaloError(
            message=error.detail,
            extra={_dotted(pointer): message for pointer, message in error.errors},
        ),
    )


def problem(error: PushError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a request that failed with `error`."""
    content = json.dumps(document(error).model_dump())
    return Response(content, error.status, {**_headers(error), **(headers or {})}, MEDIA_TYPE)


def invalid(error: ValidationError, within: str = "") -> Invalid:
    """Pydantic's findings as ours, with pointers that start at `within`."""
    return from_details(error.errors(include_url=False, include_input=False), within)


def from_details(details: Sequence[ErrorDetails], within: str = "") -> Invalid:
    fields = [FieldError(within + pointer(each["loc"]), _message(each)) for each in details[:_MOST_ERRORS]]
    told = "; ".join(f"{_dotted(at)} {message}" for at, message in fields[:3])
    return Invalid(told + ("; …" if len(details) > 3 else ""), fields)


def pointer(steps: Iterable[object]) -> str:
    return "".join(f"/{jsontext.escape(step)}" for step in steps)


def _message(details: ErrorDetails) -> str:
    if details["type"] in _LIMITS:
        name, sentence = _LIMITS[details["type"]]
        limit = details["ctx"][name]
        return "must not be empty" if limit == 1 and name == "min_length" else sentence.format(limit)
    message = _MESSAGES.get(details["type"]) or details["msg"].removeprefix("Value error, ")
    return _SHOULD.sub("must", message)


def _dotted(at: str) -> str:
    """A pointer as HALO's `extra` names a field: payload.notification.sound."""
    return at.removeprefix("/").replace("/", ".") or "body"


def _headers(error: PushError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        given = f', error="{error.error}"' if error.error else ""
        return {"WWW-Authenticate": f"{error.scheme} {_REALM}{given}"}
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": "5"} if isinstance(error, Unavailable) else {}

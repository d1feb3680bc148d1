"""Reading request bodies, strictly: size, content type, JSON, and then the shape."""

from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from push.domain import jsontext
from push.domain.errors import FieldError, Invalid, Malformed, TooLarge, UnsupportedMediaType, invalid
from push.entrypoints.api import problems

MAX_BYTES = 1024 * 1024
FORM = "application/x-www-form-urlencoded"
_MAX_FORM_FIELDS = 20

M = TypeVar("M", bound=BaseModel)


async def read(request: Request, model: type[M]) -> M:
    """The JSON body as `model`. Raises Malformed, TooLarge, UnsupportedMediaType, Invalid."""
    return validated(await read_object(request), model)


def validated(value: dict[str, Any], model: type[M]) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise problems.invalid(error) from None


def same_as_path(field: str, said: object, path: object) -> None:
    """Raises Invalid where a body names another `field` than the path: what is meant is not to be guessed."""
    if said not in (None, path):
        raise invalid(f"/{field}", f"must be the {field} in the path, or absent")


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body."""
    kind = media_type(request)
    if kind is not None and not is_json(kind):
        raise UnsupportedMediaType("send the body as application/json, in UTF-8")
    body = await _read_all(request)
    if not body.strip():
        raise Malformed("the body is empty: send a JSON object")
    if kind is None:
        raise UnsupportedMediaType("say what the body is: Content-Type: application/json")
    return parse_object(body)


async def read_fields(request: Request) -> dict[str, Any]:
    """The fields of a JSON object or a form, whichever it is; unsaid, it is a form."""
    kind = media_type(request)
    if kind is not None and is_json(kind):
        return await read_object(request)
    if kind is None or kind == FORM:
        return dict(await read_form(request))
    raise UnsupportedMediaType(f"send {FORM} or application/json")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, each at most once."""
    body = await _read_all(request)
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FORM_FIELDS
        )
    except ValueError:
        raise Malformed(f"the form cannot be read: send at most {_MAX_FORM_FIELDS} fields, in UTF-8") from None
    if len(pairs) != len(dict(pairs)):
        raise Malformed("send every field of the form once")
    return dict(pairs)


def media_type(request: Request) -> str | None:
    """The body's media type in lower case, None where none is said. Raises UnsupportedMediaType for another charset."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("send the body as it is, without Content-Encoding")
    header = request.headers.get("content-type", "").strip()
    if not header:
        return None
    kind, *parameters = header.split(";")
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType("send the body in UTF-8")
    return kind.strip().lower()


def is_json(kind: str) -> bool:
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def _read_all(request: Request) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 9 or int(length) > MAX_BYTES):
        raise _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise _too_large()
    return bytes(body)


def _too_large() -> TooLarge:
    return TooLarge("the body is larger than 1 MiB: send less at once")


def parse_object(body: bytes, what: str = "the body") -> dict[str, Any]:
    """The JSON object in it. Raises Malformed and Invalid, whose sentences call it `what`."""
    try:
        value = jsontext.read(body.decode("utf-8-sig"))
    except jsontext.LoneSurrogate as error:
        raise Invalid(f"a text {error}", [FieldError(error.pointer, str(error))]) from None
    except UnicodeDecodeError:
        raise Malformed(f"{what} is not UTF-8") from None
    except ValueError as error:
        raise Malformed(f"{what} cannot be read as JSON: {error}") from None
    if not isinstance(value, dict):
        raise Invalid(f"{what} must be a JSON object", [FieldError("", "must be an object")])
    return value

"""Answers that are no success, as Trouble: the API's problem documents (RFC 9457) in a sentence and its fields."""

from typing import Any

import httpx

from infra.halo.texts import clean, span
from infra.halo.trouble import NotAllowed, Trouble, Unreachable

_ABSENT = frozenset({502, 503, 504})
_MOST_FIELDS = 10


def read(response: httpx.Response) -> Any:
    """The JSON of a success. Raises Trouble."""
    if not response.is_success:
        raise trouble(response)
    try:
        return response.json()
    except ValueError:
        raise Trouble(f"{_where(response)} answers no JSON: it does not look like HALO Push's API.") from None


def trouble(response: httpx.Response) -> Trouble:
    status = response.status_code
    if response.is_redirect:
        to = clean(response.headers.get("location", "elsewhere"))
        return Trouble(f"{_where(response)} sends callers on to {to}: log in there with --api.", status)
    sentence = _sentence(response) + _retry(response)
    if status in (401, 403):
        return NotAllowed(sentence, status)
    return (Unreachable if status in _ABSENT else Trouble)(sentence, status)


def retry_after(response: httpx.Response) -> int | None:
    """Seconds, where the API says some."""
    said = response.headers.get("retry-after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else None


def _retry(response: httpx.Response) -> str:
    wait = retry_after(response)
    return "" if wait is None else f" (again in {span(wait)})"


def _sentence(response: httpx.Response) -> str:
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("detail"), str):
        phrase = response.reason_phrase or "no explanation"
        return f"{_where(response)} answered {response.status_code} ({phrase}), and not as HALO Push's API does."
    detail = document["detail"]
    errors = document.get("errors")
    fields = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    told = [f"{_dotted(each.get('pointer'))} {each.get('message')}" for each in fields]
    more = [sentence for sentence in told if sentence not in detail]
    lines = [detail, *(f"  {sentence}" for sentence in more[:_MOST_FIELDS])]
    if len(more) > _MOST_FIELDS:
        lines.append(f"  and {len(more) - _MOST_FIELDS} more")
    return "\n".join(map(clean, lines))


def _dotted(pointer: Any) -> str:
    return str(pointer).removeprefix("/").replace("/", ".") or "body"


def _where(response: httpx.Response) -> str:
    return clean(response.url.copy_with(query=None, userinfo=None))

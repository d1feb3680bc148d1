"""Cursors: where a page ended, in letters that need no escaping in a URL. Opaque to whoever carries them.

Inside is a JSON array of what sorts the list, so that what is no cursor of ours, or of another list, is told apart.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query

from push.domain.errors import invalid
from push.domain.ids import plausible
from push.domain.schedule import MAX_TIME_MS

_LONGEST = 2_000
_SAID = "`nextCursor` of the page before; `page` is ignored then"
# An array begins with a bracket, whose six bits are a W.
_PATTERN = "^(W[A-Za-z0-9_-]*)?$"

Cursor = Annotated[str | None, Query(max_length=_LONGEST, description=_SAID, json_schema_extra={"pattern": _PATTERN})]


def write_cursor(position: Sequence[str | int] | None) -> str | None:
    if position is None:
        return None
    text = json.dumps([*position], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str | None, *kinds: type[str | int], ends_in_id: bool = True) -> list[Any] | None:
    """A position of these kinds, None for no cursor; integers are moments in ms. Raises Invalid."""
    if not text:
        return None
    try:
        position = _read(text)
    except ValueError:
        position = []
    of_kind = [type(part) for part in position] == list(kinds)
    if not of_kind or not all(_possible(part) for part in position) or (ends_in_id and not plausible(position[-1])):
        raise invalid("/cursor", "must be the nextCursor of an earlier page of the same list")
    return position


def _read(text: str) -> list[Any]:
    """Raises ValueError for what `write_cursor` did not write."""
    if len(text) > _LONGEST or not text.isascii():
        raise ValueError("no cursor")
    value = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(value, list) or write_cursor(value) != text:
        raise ValueError("no cursor")
    return value


def _possible(part: str | int) -> bool:
    return isinstance(part, str) or 0 <= part <= MAX_TIME_MS

"""Cursors: where a page ended, in letters that need no escaping in a URL. Opaque to whoever carries them."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from push.domain.errors import invalid
from push.domain.ids import plausible
from push.domain.schedule import MAX_TIME_MS, Position

_LONGEST = 2_000


def write_cursor(position: Position | None) -> str | None:
    if position is None:
        return None
    return urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def cursor_of(text: str, *, named: bool) -> Position:
    """The position in a list that is in the order of names, or in one that is not. Raises Invalid."""
    try:
        after = _read(text)
    except ValueError:
        after = None
    if after is None or isinstance(after.key, str) is not named:
        message = "must be the nextCursor of an earlier page of the same list"
        raise invalid("/cursor", message)
    return after


def _read(text: str) -> Position:
    """Raises ValueError for what `write_cursor` did not write."""
    if len(text) > _LONGEST or not text.isascii():
        raise ValueError("no cursor")
    value = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("no cursor")
    key, then, id_ = value
    if not ((_moment(key) or isinstance(key, str)) and _moment(then) and isinstance(id_, str) and plausible(id_)):
        raise ValueError("no cursor")
    return Position(key, then, id_)


def _moment(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_TIME_MS

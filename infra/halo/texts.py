"""Values as people read them. What the API answers was typed by somebody else: nothing of it may steer a terminal."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

# Control characters, line breaks of any kind, what turns the direction of writing, halves of characters.
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Joins emoji; shown by itself it is nothing.
_JOINER = "\u200d"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_SHOWN_OF_TOKEN = 8
# What phones report, as people say it.
KINDS = {"receipt": "receipts", "open": "opens", "dismiss": "dismissals"}


def clean(value: Any) -> str:
    """On one line, with whatever a terminal would act on written out (`\\x1b`)."""
    return "".join(map(_visible, str(value)))


def _visible(character: str) -> str:
    if unicodedata.category(character) in _UNSHOWN and character != _JOINER:
        return character.encode("unicode_escape", "surrogatepass").decode()
    return character


def count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else clean(value)


def reported(number: int, rate: Any) -> str:
    """How many phones reported something, and which share of those that got it that is."""
    return f"{count(number)}, {share(rate)}" if number and rate is not None else count(number)


def share(value: Any) -> str:
    return f"{value:.0%}" if isinstance(value, int | float) else ""


def moment(ms: Any, form: str = "%Y-%m-%d %H:%M:%S %Z") -> str:
    """In the time of this machine; "" for none."""
    if not isinstance(ms, int):
        return ""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone().strftime(form)
    except (ValueError, OverflowError, OSError):
        return str(ms)


def minute(ms: Any) -> str:
    """Where a table has no room for more."""
    return moment(ms, "%Y-%m-%d %H:%M")


def clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%H:%M:%S}"


def span(seconds: float) -> str:
    """The two largest units: `2 d 3 h`."""
    left, parts = max(0, round(seconds)), []
    for size, unit in _UNITS:
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"


def elapsed(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def shortened(token: Any) -> str:
    """As much of a token as tells two apart, and never a third of it."""
    text = str(token)
    return text[: min(_SHOWN_OF_TOKEN, len(text) // 3)] + "…"

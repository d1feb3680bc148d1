"""Moments as people type them: `2026-12-01 09:00`, ISO 8601 with a zone, or `+10m` from now."""

import re
from datetime import UTC, datetime, timedelta

from infra.halo.trouble import Usage

_STEP = re.compile(r"(\d{1,6})([smhdw])")
_LATER = re.compile(rf"\+(?:{_STEP.pattern})+")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}


def is_later(text: str) -> bool:
    """Whether it counts from another moment, so that the same text means something else a minute later."""
    return bool(_LATER.fullmatch(text.strip()))


def parse(text: str, option: str, now: float, since: float | None = None) -> int:
    """In ms. `+10m`, `+1h30m`, `+2d` count from `since`, `now` unless said; a time without a zone is this machine's.
    Raises Usage for what is none, is over, or never comes, since clocks skip that hour."""
    text = text.strip()
    if is_later(text):
        later = sum(int(number) * _UNITS[unit] for number, unit in _STEP.findall(text))
        return round(((now if since is None else since) + later) * 1000)
    try:
        said = datetime.fromisoformat(text)
        at = said.astimezone()
        round_trip = at.astimezone(UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        example = "2026-12-01 09:00, 2026-12-01T09:00Z or +10m (s, m, h, d, w)"
        raise Usage(f"{option} is no moment: say it like {example}.") from None
    if said.tzinfo is None and round_trip.replace(tzinfo=None) != said:
        raise Usage(f"{option} {text} never comes: clocks here skip that hour. Say another, or name the zone.")
    if at < datetime.fromtimestamp(now, UTC) - timedelta(minutes=1):
        raise Usage(f"{option} {text} is over. Leave it out to send now.")
    return round(at.timestamp() * 1000)


def exact(ms: int) -> str:
    """As `parse` reads it back to the millisecond."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")

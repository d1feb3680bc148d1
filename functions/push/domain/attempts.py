"""How often a name may be tried with a wrong password or secret before it waits."""

from collections.abc import Sequence

WINDOW_MS = 15 * 60_000
MOST = 10


def recent(failures: Sequence[int], now: int) -> tuple[int, ...]:
    """Those that still count, oldest first; never more than are needed to decide."""
    return tuple(sorted(at for at in failures if now - at < WINDOW_MS))[-MOST:]


def wait_ms(failures: Sequence[int], now: int) -> int:
    """How long to wait before the next try; 0 for not at all."""
    counted = recent(failures, now)
    return counted[0] + WINDOW_MS - now if len(counted) >= MOST else 0

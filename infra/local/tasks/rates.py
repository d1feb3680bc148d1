"""How fast a queue may dispatch (Cloud Tasks API, `RateLimits` and `HttpRequest`, *System throttling*)."""

import math


class Rate:
    """A token bucket that the worker's 429 and 503 slow down. Times are seconds of any clock that only goes forward.

    The bucket holds one second's worth of dispatches, at least one. An overloaded worker halves the rate, at most once
    a second and down to a sixteenth; every success brings a quarter of it back. The service documents that it slows
    down and recovers, not by how much.
    """

    SLOWEST = 1 / 16
    HALVED_AT_MOST_EVERY = 1.0
    RECOVERY = 1.25

    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._share = 1.0
        self._tokens = burst(per_second)
        self._filled = now
        self._halved = -math.inf

    @property
    def share(self) -> float:
        """The part of the configured rate that is in force, 1.0 when nothing is wrong."""
        return self._share

    def configure(self, per_second: float, now: float) -> None:
        """Follow the queue's settings; what was saved up at another rate is kept within the new bucket."""
        if per_second != self._per_second:
            self._fill(now)
            self._per_second = per_second
            self._tokens = min(self._tokens, burst(per_second))

    def wait(self, now: float) -> float:
        """Seconds until a dispatch is allowed, 0 if one is allowed now."""
        self._fill(now)
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self._current

    def take(self) -> None:
        self._tokens -= 1

    def overloaded(self, now: float) -> None:
        """The worker answered 429 or 503."""
        if now - self._halved >= self.HALVED_AT_MOST_EVERY:
            self._fill(now)
            self._halved = now
            self._share = max(self._share / 2, self.SLOWEST)
            self._tokens = min(self._tokens, burst(self._current))

    def succeeded(self) -> None:
        self._share = min(self._share * self.RECOVERY, 1.0)

    @property
    def _current(self) -> float:
        return self._per_second * self._share

    def _fill(self, now: float) -> None:
        self._tokens = min(self._tokens + (now - self._filled) * self._current, burst(self._current))
        self._filled = now


def burst(per_second: float) -> float:
    """The bucket's size: "generally at least equal to `max_dispatches_per_second`"."""
    return max(1.0, float(math.ceil(per_second)))

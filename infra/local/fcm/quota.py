"""How many messages a project may send: token buckets, as FCM keeps one for every project."""

import math
from collections.abc import Callable


class Bucket:
    """A token bucket; `rate` is tokens a second, `size` how many it holds at most."""

    def __init__(self, rate: float, size: float, now: float) -> None:
        self.rate, self.size, self.tokens, self.at = rate, size, size, now

    def missing(self, now: float) -> float:
        """Seconds until there is a token; 0 if there is one."""
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1 - self.tokens) / self.rate)

    def take(self) -> None:
        self.tokens -= 1


class Quota:
    """The buckets of every project: one for a second, one for a minute, or none at all."""

    def __init__(self, per_second: float | None, per_minute: float | None, clock: Callable[[], float]) -> None:
        self._rates = [(per_second, per_second)] if per_second else []
        self._rates += [(per_minute / 60, per_minute)] if per_minute else []
        self._buckets: dict[str, list[Bucket]] = {}
        self._clock = clock

    def retry_after(self, project: str) -> int | None:
        """Whole seconds after which the project may send again, or None if it may send now."""
        if not self._rates:
            return None
        now = self._clock()
        missing = max(bucket.missing(now) for bucket in self._of(project, now))
        return math.ceil(missing) if missing > 0 else None

    def spend(self, project: str) -> None:
        """Counts a message that was accepted or answered with 4xx."""
        if self._rates:
            for bucket in self._of(project, self._clock()):
                bucket.take()

    def _of(self, project: str, now: float) -> list[Bucket]:
        if project not in self._buckets:
            self._buckets[project] = [Bucket(rate, max(size, 1), now) for rate, size in self._rates]
        return self._buckets[project]

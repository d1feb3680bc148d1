"""How much of FCM's quota one process may use, whatever it does at once: token buckets."""

import math

from push.domain.pace import Pacing, Ramp
from push.domain.shard import PAGE_SIZE


class Bucket:
    """Grows by `per_s` messages a second; it holds a second's worth at most, or a page if that is more."""

    def __init__(self, per_s: float, now: int) -> None:
        self._per_s = per_s
        self._tokens = self.size
        self._filled = now

    @property
    def size(self) -> float:
        return max(self._per_s, float(PAGE_SIZE))

    def fill(self, per_s: float, now: int) -> None:
        grown = self._tokens + max(0, now - self._filled) / 1000 * self._per_s
        self._per_s, self._filled = per_s, now
        self._tokens = min(grown, self.size)

    def wait_s(self, cost: float) -> float:
        """Seconds until that much is there; what others have taken comes first."""
        if self._tokens >= cost:
            return 0.0
        return (cost - self._tokens) / self._per_s if self._per_s else math.inf

    def take(self, cost: float) -> None:
        """Also of what is not there yet: the next one waits for it."""
        self._tokens -= cost


class Budget:
    """A process's share: the quota of each project it sends for, over the number of processes there may be.

    A part of it is kept for urgent messages, which also use what the others leave.
    """

    def __init__(self, ramp: Ramp, processes: int) -> None:
        self.ramp = ramp
        self._processes = processes
        self._pacings: dict[str, Pacing] = {}
        self._buckets: dict[tuple[str, bool], Bucket] = {}

    def learn(self, project: str, pacing: Pacing) -> None:
        """What a project's document says by now."""
        self._pacings[project] = pacing

    def quota_per_minute(self, project: str) -> int:
        """Of all processes together: the project's own, if its document says one."""
        return self._pacings.get(project, Pacing()).quota_per_minute or self.ramp.quota_per_minute

    def reserve(self, project: str, cost: float, urgent: bool, now: int, most_s: float) -> float:
        """Seconds after which that many messages may go. More than `most_s`: then nothing is reserved, ask again."""
        bucket = self._quickest(project, cost, urgent, now)
        wait_s = bucket.wait_s(cost)
        if wait_s <= most_s:
            bucket.take(cost)
        return wait_s

    def wait_s(self, project: str, cost: float, urgent: bool, now: int) -> float:
        """What `reserve` would answer now; nothing is reserved."""
        return self._quickest(project, cost, urgent, now).wait_s(cost)

    def _quickest(self, project: str, cost: float, urgent: bool, now: int) -> Bucket:
        buckets = [self._bucket(project, urgent, now)]
        if urgent:
            buckets.append(self._bucket(project, False, now))
        return min(buckets, key=lambda each: each.wait_s(cost))

    def _bucket(self, project: str, urgent: bool, now: int) -> Bucket:
        pacing = self._pacings.get(project, Pacing())
        share = pacing.urgent_reserve if urgent else 1 - pacing.urgent_reserve
        per_s = self.quota_per_minute(project) * share / self._processes / 60
        bucket = self._buckets.setdefault((project, urgent), Bucket(per_s, now))
        bucket.fill(per_s, now)
        return bucket

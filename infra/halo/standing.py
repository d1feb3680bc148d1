"""How far a sending is, as one answer of the API tells it, and how fast, as two do."""

from collections import deque
from dataclasses import dataclass
from typing import Any

# What a notification does not leave by itself; of these, only `sent` is what was wanted.
OVER = frozenset({"sent", "cancelled", "failed", "halted", "expired", "draft"})
_WINDOW_S = 10
# An estimate may be too small: nothing is whole before it is sent.
_ALMOST = 0.99


@dataclass(frozen=True)
class Standing:
    """`done` are targets that are settled, those left out as stale included; `about` is how many there are to be by
    the API's estimate, None before it has one. `send_on` in ms."""

    id: str
    name: str
    state: str
    reason: str
    send_on: int
    accepted: int
    failed: int
    done: int
    about: int | None
    shards_done: int
    shards: int

    @classmethod
    def of(cls, one: Any) -> "Standing":
        counts, shards = one.get("counts") or {}, one.get("shards") or {}
        return cls(
            id=one["id"],
            name=one["name"],
            state=one["state"],
            reason=one.get("reason") or "",
            send_on=one["sendOn"],
            accepted=counts.get("accepted", 0),
            failed=counts.get("failed", 0),
            done=counts.get("targeted", 0) + counts.get("stale", 0),
            about=one["audience"].get("count"),
            shards_done=shards.get("done", 0),
            shards=shards.get("total", 0),
        )

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def total(self) -> int | None:
        """How many targets there are to be, by all that is known."""
        if self.state == "sent":
            return self.done
        return None if self.about is None else max(self.about, self.done)

    @property
    def share(self) -> float:
        """From 0 to 1, which it is only when sent."""
        if self.state == "sent":
            return 1.0
        if self.about:
            return min(self.done / self.about, _ALMOST)
        return min(self.shards_done / self.shards, _ALMOST) if self.shards else 0.0

    def document(self, rate: float | None, at: float) -> dict[str, Any]:
        return {
            "id": self.id, "name": self.name, "state": self.state, "reason": self.reason or None,
            "accepted": self.accepted, "failed": self.failed, "done": self.done, "of": self.total,
            "shards": {"done": self.shards_done, "total": self.shards}, "share": round(self.share, 4),
            "rate": rate and round(rate, 1), "at": round(at * 1000),
        }  # fmt: skip


class Speed:
    """Targets a second over the last ten."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, now: float, done: int) -> None:
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] >= _WINDOW_S:
            self._seen.popleft()

    @property
    def rate(self) -> float | None:
        """None before there are two answers to compare."""
        (began, before), (now, done) = (self._seen[0], self._seen[-1]) if self._seen else ((0.0, 0), (0.0, 0))
        return (done - before) / (now - began) if now > began else None

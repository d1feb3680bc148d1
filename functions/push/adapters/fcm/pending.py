"""Messages that have a place but no connection yet."""

from collections import deque

from push.adapters.fcm.batch import Batch, Place


class Pending:
    """Times are the loop's (`time.monotonic`)."""

    def __init__(self) -> None:
        # Each with the time since when it waits. Urgent ones come first.
        self._urgent: deque[tuple[Place, float]] = deque()
        self._ordinary: deque[tuple[Place, float]] = deque()

    def __len__(self) -> int:
        return len(self._urgent) + len(self._ordinary)

    def add(self, place: Place, now: float) -> None:
        (self._urgent if place[0].urgent else self._ordinary).append((place, now))

    def pop(self) -> Place:
        return (self._urgent or self._ordinary).popleft()[0]

    @property
    def oldest(self) -> float | None:
        """Since when somebody has been waiting."""
        return min((each[0][1] for each in (self._urgent, self._ordinary) if each), default=None)

    def take(self, of: Batch | None = None, before: float | None = None) -> list[Place]:
        """Those of one batch, or those that have waited since `before`, or all: they wait no longer."""
        taken: list[Place] = []
        for places in (self._urgent, self._ordinary):
            kept = []
            for place, since in places:
                if (of is None or place[0] is of) and (before is None or since <= before):
                    taken.append(place)
                else:
                    kept.append((place, since))
            places.clear()
            places.extend(kept)
        return taken

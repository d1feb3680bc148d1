from collections.abc import Sequence
from typing import Protocol

from push.domain.activity import Event, Tally


class Activity(Protocol):
    """What phones said of notifications: one document for each device of a run, so that repeats cannot count twice."""

    async def record_many(self, events: Sequence[Event]) -> None:
        """Keeps of each device and action the first moment; at most 500 events, in any order, any of them again."""

    async def tally(self, run: str) -> Tally | None:
        """How many devices did what. `as_of` is the longer ago the more there are: counting is not free. Never less
        than it was, also when what was counted has expired. None while it could never be counted in time."""

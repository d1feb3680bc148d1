from collections.abc import Sequence
from typing import NamedTuple, Protocol

from push.domain.schedule import State


class Ended(NamedTuple):
    """Sums over `runs`. `reasons` are of failures, by code: of the hundred runs that most failed in; `whole` tells
    whether that is all of them."""

    runs: int
    targeted: int
    accepted: int
    failed: int
    reasons: dict[str, int]
    whole: bool


class Overview(Protocol):
    """All runs together, whosever they are. Nothing here reads more than a thousand documents."""

    @property
    def data_format(self) -> int:
        """The newest format of documents that this release knows."""

    async def due(self, now: int) -> int | None:
        """Runs whose `wake_at` has come; None past 100,000."""

    async def late(self, now: int, before: int) -> int | None:
        """Runs that are still scheduled, and whose `send_on` is before then; None past a thousand."""

    async def in_state(self, state: State) -> int | None:
        """None past 100,000."""

    async def sending(self, limit: int) -> list[str]:
        """The ids of those being sent that began first, of at most 500 that are looked at."""

    async def ended_in(self, slots: Sequence[str]) -> Ended:
        """Runs whose sending ended in one of these ten minutes (at most 30), and that are summed up."""

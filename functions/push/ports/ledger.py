from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple, Protocol

from push.domain.page import Failure, Leftover
from push.domain.shard import Shard
from push.ports.versions import Versioned


class Commit(NamedTuple):
    """One ledger commit: the shard as it is now, and what goes with it."""

    shard: Shard
    failures: Sequence[Failure] = ()
    lists: Sequence[tuple[str, Sequence[Leftover]]] = ()
    spilled: Sequence[Shard] = ()


class Sums(NamedTuple):
    """What a run's shards amount to. `good` are platforms whose rendering FCM has accepted from any of them; `done`
    counts all that are, `leftovers` those that were not planned, `begun` the planned ones that exist. `first_at` and
    `last_at`: when the first worker began, and when the ledger was last written. `unfinished`: of those that exist and
    are not done, the one that is due first, and since when."""

    counts: dict[str, int]
    reasons: dict[str, int]
    good: set[str]
    done: int
    leftovers: int
    first_at: int | None
    last_at: int | None
    begun: int = 0
    unfinished: tuple[str, int] | None = None


class Ledger(Protocol):
    """Shards: one worker's record of what it did."""

    async def get(self, run: str, shard: str) -> Versioned[Shard] | None: ...

    async def create(self, shard: Shard) -> Any:
        """Answers the version. Raises Stale when the shard exists."""

    async def commit(self, commit: Commit, version: Any) -> Any:
        """All of it or nothing; answers the new version. Raises Stale when the shard is not at `version`: whoever
        wrote it has the shard. A commit whose answer was lost is looked up, never repeated blindly."""

    def open(self, run: str) -> AsyncIterator[list[Versioned[Shard]]]:
        """Shards that are not done, all of them, page by page in the order of their ids, so that thousands are never
        held at once. One that cannot be read is logged and left out."""

    async def leftovers(self, run: str, list_id: str) -> tuple[Leftover, ...]:
        """A list that a commit has stored, in its order; () if there is none."""

    async def planned(self, run: str) -> set[str]:
        """Ids of the planned shards that exist."""

    async def sums(self, run: str) -> Sums:
        """All shards together, whatever their number, without holding them in memory."""

    async def failures(self, run: str, limit: int, after: str | None) -> tuple[list[Failure], str | None]:
        """In the order of their targets' keys, after a cursor (such a key); and the cursor of the next page, if any."""

    async def finished(self, run: str, planned: int) -> bool:
        """Whether all `planned` shards exist and no shard is open. Costs a few reads, however many there are."""

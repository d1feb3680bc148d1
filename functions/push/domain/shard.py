"""Shards: the parts of a run, each the ledger of one worker at a time."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from push.domain.outcome import Kind

PAGE_SIZE = 500

Counts = Mapping[str, int]


class Source(StrEnum):
    """Where a shard's targets come from: a range of the key space, a list of aliases or users, a list of leftovers."""

    RANGE = "range"
    ALIASES = "aliases"
    USERS = "users"
    LEFTOVERS = "leftovers"


class Page(BaseModel):
    """The page in flight: everything after the cursor up to `end` (inclusive), `size` targets. Those of platforms that
    were `halted` before it began were surely not sent."""

    model_config = ConfigDict(frozen=True)

    number: int
    end: str
    size: int
    halted: tuple[str, ...] = ()


class Shard(BaseModel):
    """One worker's ledger. `cursor` is the last position whose outcome is in `counts`; `done` ends it.

    `generation` counts the retries that leftovers have had; `filling` numbers the list that takes the next ones.
    `since` (ms) is when its targets were first tried, `good` are platforms whose rendering FCM has accepted from it,
    and `beats` counts its commits, so that each one differs from the one before. It is to be left alone until
    `resume_at` (ms), 0 if nothing is waited for. `in_doubt`: its lists may name somebody who is.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    run: str
    planned: bool
    source: Source
    list_id: str | None = None
    generation: int = 0
    due_at: int
    resume_at: int = 0
    since: int = 0
    attempt: int = 0
    worker: str | None = None
    cursor: str = ""
    page: Page | None = None
    pages: int = 0
    counts: Counts = {}
    reasons: Counts = {}
    filling: int = 0
    good: tuple[str, ...] = ()
    in_doubt: bool = False
    beats: int = 0
    done: bool = False

    @property
    def own_list(self) -> str:
        """The list that it is made of, where it is made of one."""
        return self.list_id or self.id

    @property
    def filling_list(self) -> str:
        """The list that takes its next leftovers, and the shard that they become."""
        return f"{self.id}-{self.filling}"

    @property
    def next_at(self) -> int:
        """When somebody should begin, or go on with it (ms)."""
        return max(self.due_at, self.resume_at)


WORKER_DIED = "WORKER_DIED"


def with_page_unknown(shard: Shard) -> Shard:
    """The page in flight has its outcome: nobody knows what became of it, and nobody will."""
    if shard.page is None:
        return shard
    size = shard.page.size
    return shard.model_copy(
        update={
            "cursor": shard.page.end,
            "page": None,
            "counts": add(shard.counts, {Kind.UNKNOWN.value: size}),
            "reasons": add(shard.reasons, {WORKER_DIED: size}),
        }
    )


def add(counts: Counts, more: Counts) -> dict[str, int]:
    return {key: counts.get(key, 0) + more.get(key, 0) for key in {*counts, *more} if counts.get(key) or more.get(key)}

"""How everything is, for operators: what waits, what is late, what FCM said of late."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from push.domain.shard import Counts

HOUR_MS = 3_600_000
# What ended is found by the ten minutes that it ended in: exact enough for people, and no index that only grows.
SLOT_MS = 600_000


def slot_of(moment: int) -> str:
    """The ten minutes (UTC) that a moment lies in, such as 2026-11-22T14:30."""
    return datetime.fromtimestamp(moment // SLOT_MS * SLOT_MS // 1000, UTC).strftime("%Y-%m-%dT%H:%M")


def last_hour(now: int) -> tuple[int, list[str]]:
    """When the slots begin that hold the last hour (ms), and which they are: up to 70 minutes."""
    since = (now - HOUR_MS) // SLOT_MS * SLOT_MS
    return since, [slot_of(moment) for moment in range(since, now + 1, SLOT_MS)]


class QueueStatus(NamedTuple):
    """`tasks` that wait, run or are tried again, about; `due_for_ms`: for how long the first of them has been due."""

    tasks: int
    due_for_ms: int


class RunsStatus(NamedTuple):
    """How many runs; None where there are too many to count. `due` are those that sweep is to look at."""

    due: int | None
    late: int | None
    sending: int | None
    halted: int | None


class OutcomesStatus(NamedTuple):
    """Targets of the `ended` runs whose sending ended since then, and of the `sending` ones that are being sent."""

    since: int
    ended: int
    sending: int
    targeted: int
    accepted: int
    failed: int
    reasons: Counts


class Unfinished(NamedTuple):
    """A shard that has been due since then; "" for those that nobody has begun."""

    run: str
    shard: str
    due_since: int


class Status(NamedTuple):
    """What cannot be had is None; `notes` say why, by the part's name."""

    as_of: int
    queues: Mapping[str, QueueStatus | None]
    runs: RunsStatus | None
    outcomes: OutcomesStatus | None
    oldest_unfinished: Unfinished | None
    notes: Mapping[str, str]

"""How everything is, for operators. Each part by itself, in time: what cannot be had is left out, and says why."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from push import logs
from push.domain.errors import Unavailable
from push.domain.run import Run, totals
from push.domain.schedule import State
from push.domain.shard import add
from push.domain.status import OutcomesStatus, QueueStatus, RunsStatus, Status, Unfinished, last_hour
from push.ports import Clock, Ended, Ledger, Overview, Queue, Queues, Runs, Sums

T = TypeVar("T")

FRESH_MS = 5_000
LATE_MS = 60_000
_PART_S = 6.0
# A read for each of their shards, so a few thousand at most.
MOST_SENDING = 10
TOO_MANY = "more than are counted"


class Board:
    """One process's last status, kept for 5 s, so that a dashboard may ask every second; who asks while it is read
    waits for that one."""

    def __init__(self) -> None:
        self._known: Status | None = None
        self._reading = asyncio.Lock()

    async def read(self, now: Callable[[], int], find: Callable[[], Awaitable[Status]]) -> Status:
        async with self._reading:
            if self._known is None or now() - self._known.as_of >= FRESH_MS:
                self._known = await find()
            return self._known


class _Underway(NamedTuple):
    run: Run
    sums: Sums


async def read_status(
    board: Board, *, overview: Overview, queues: Queues, runs: Runs, ledger: Ledger, clock: Clock
) -> Status:
    """At most 5 s old. Raises nothing for a part that fails."""

    async def find() -> Status:
        return await _look(overview, queues, runs, ledger, clock)

    return await board.read(clock.now, find)


async def _look(overview: Overview, queues: Queues, runs: Runs, ledger: Ledger, clock: Clock) -> Status:
    now = clock.now()
    notes: dict[str, str] = {}
    depths = [_part(f"queues.{queue}", _depth(queue, now, queues), notes) for queue in Queue]
    counts, ended, underway, found = await asyncio.gather(
        _part("runs", _counts(now, overview, notes), notes),
        _part("outcomes", overview.ended_in(last_hour(now)[1]), notes),
        _part("oldestUnfinishedShard", _underway(overview, runs, ledger), notes),
        asyncio.gather(*depths),
    )
    outcomes = None if ended is None else _outcomes(last_hour(now)[0], ended, underway or [])
    if ended is not None and not ended.whole:
        notes["outcomes.reasons"] = "of the 100 notifications with most failures, and of those being sent"
    if outcomes and (underway is None or (counts and (counts.sending or 0) > outcomes.sending)):
        notes["outcomes.sending"] = f"of those being sent, the {outcomes.sending} that began first are included"
    waiting = [unfinished(each.run, each.sums) for each in underway or []]
    oldest = min((each for each in waiting if each), key=lambda each: each.due_since, default=None)
    return Status(now, dict(zip(map(str, Queue), found, strict=True)), counts, outcomes, oldest, notes)


def _outcomes(since: int, ended: Ended, underway: Sequence[_Underway]) -> OutcomesStatus:
    """Where those being sent cannot be read, what has ended is still worth telling."""
    amounts = totals(_added(each.sums.counts for each in underway))
    return OutcomesStatus(
        since=since,
        ended=ended.runs,
        sending=len(underway),
        targeted=ended.targeted + amounts["targeted"],
        accepted=ended.accepted + amounts["accepted"],
        failed=ended.failed + amounts["failed"],
        reasons=add(ended.reasons, _added(each.sums.reasons for each in underway)),
    )


async def _part(name: str, reading: Awaitable[T], notes: dict[str, str]) -> T | None:
    try:
        async with asyncio.timeout(_PART_S):
            return await reading
    except TimeoutError:
        notes[name] = f"not known within {_PART_S:g} s"
    except Unavailable as error:
        notes[name] = error.detail
    except Exception as error:  # noqa: BLE001  such as an index that is missing: the other parts are still worth telling
        logs.event("status-not-known", "ERROR", error=error, part=name)
        notes[name] = "failed: see the log of api"
    return None


async def _depth(queue: Queue, now: int, queues: Queues) -> QueueStatus:
    depth = await queues.depth(queue)
    return QueueStatus(depth.tasks, 0 if depth.first_at is None else max(0, now - depth.first_at))


async def _counts(now: int, overview: Overview, notes: dict[str, str]) -> RunsStatus:
    counts = RunsStatus(
        *await asyncio.gather(
            overview.due(now),
            overview.late(now, now - LATE_MS),
            overview.in_state(State.SENDING),
            overview.in_state(State.HALTED),
        )
    )
    notes |= {f"runs.{name}": TOO_MANY for name, count in counts._asdict().items() if count is None}
    return counts


async def _underway(overview: Overview, runs: Runs, ledger: Ledger) -> list[_Underway]:
    async def one(id: str) -> _Underway | None:
        found, sums = await asyncio.gather(runs.get(id), ledger.sums(id))
        # It may have ended since it was listed: then it counts among those.
        return _Underway(found.value, sums) if found and found.value.state is State.SENDING else None

    found = await asyncio.gather(*(one(id) for id in await overview.sending(MOST_SENDING)))
    return [each for each in found if each is not None]


def unfinished(run: Run, sums: Sums) -> Unfinished | None:
    """Of a run's shards that may be sent by now, the one that has been due for longest; None once all are done."""
    if sums.begun < len(run.handed_out) and run.began_at is not None:
        return Unfinished(run.id, "", run.began_at)
    return None if sums.unfinished is None else Unfinished(run.id, *sums.unfinished)


def _added(all: Iterable[Mapping[str, int]]) -> dict[str, int]:
    together: dict[str, int] = {}
    for each in all:
        together = add(together, each)
    return together

"""`sweep`: what a call costs that finds a hundred runs to move on among ten thousand, and one that finds none.

The use case runs in this process over the real adapters, in a database of its own; what it asks for is counted where it
leaves for the wire, as Google bills it. The queues are the stack's, whose functions know none of these runs.
"""

import asyncio
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from infra.bench import crowd
from infra.bench.bill import Bill, billed
from infra.bench.ground import Ground
from infra.bench.measurement import Found, Measurement, Row
from infra.local.trouble import Broke
from push.adapters.firestore.client import Database
from push.adapters.firestore.jobs import FirestoreJobs
from push.adapters.firestore.ledger import FirestoreLedger
from push.adapters.firestore.runs import FirestoreRuns
from push.bootstrap import Container
from push.domain.ids import new_id
from push.domain.run import ARM_AHEAD_MS, Run
from push.domain.schedule import State
from push.domain.shard import Shard, Source
from push.usecases.look import AT_ONCE
from push.usecases.sweep import Swept, first_turn, sweep

STORED = 10_000
_TURNS = 3
_STORED_AT_ONCE = 32
_MINUTE_MS = 60_000
_DAY_MS = 24 * 60 * _MINUTE_MS
_SHARDS, _PUT_OFF = 5, 2
# Of a hundred that need something.
_MIX = {"late": 40, "near": 20, "lost": 20, "finished": 10, "expired": 10}
_IDLE_READS = 2


class Place:
    """A database of its own."""

    def __init__(self, container: Container, project: str) -> None:
        self.container = container
        self.database = Database(project)
        self.runs, self.jobs = FirestoreRuns(self.database), FirestoreJobs(self.database)
        self.ledger = FirestoreLedger(self.database)

    async def sweep(self, dry: bool = False) -> tuple[Swept, Bill, float, float]:
        """What it did, and what for; then seconds by the clock and of this process's CPU."""
        container = self.container
        transports = (self.database.client._firestore_api.transport, container.tasks._connected().transport)
        with billed(*transports) as bill:
            began, cpu = time.perf_counter(), time.process_time()
            swept = await sweep(
                first_turn(container.clock), clock=container.clock, runs=self.runs, ledger=self.ledger,
                audience=container.audience, jobs=self.jobs, tasks=container.tasks, ramp=container.settings.ramp,
                lease_s=container.settings.lease_s, dry=dry,
            )  # fmt: skip
            return swept, bill, time.perf_counter() - began, time.process_time() - cpu

    async def store(self, runs: Iterable[Run]) -> None:
        """With their schedules."""
        slots = asyncio.Semaphore(_STORED_AT_ONCE)

        async def one(run: Run) -> None:
            async with slots:
                await self.runs.accept(crowd.schedule_of(run), run, [])

        await asyncio.gather(*map(one, runs))

    async def store_needy(self) -> None:
        """A hundred that need something, and the shards of those that have some."""
        now = self.container.clock.now()
        needy = [_needy(kind, now) for kind, count in _MIX.items() for _ in range(count)]
        await self.store(needy)
        shards = [shard for run in needy for shard in _shards(run, now)]
        await asyncio.gather(*(self.ledger.create(shard) for shard in shards))


def measure(ground: Ground) -> Found:
    return ground.with_ports(lambda container: _measured(ground, container))


async def _measured(ground: Ground, container: Container) -> Found:
    stored = 500 if ground.quick else STORED
    place = Place(container, f"{ground.stack.project}-sweep")
    try:
        ground.say(f"storing {stored:,} runs and their schedules")
        await place.store(_quiet(stored - AT_ONCE, container.clock.now()))
        await place.sweep()  # housekeeping begins, and connections are there
        idle, said, done = [], [], []
        for _ in range(1 if ground.quick else _TURNS):
            idle.append(await place.sweep())
            await place.store_needy()
            ground.say(f"sweep, {AT_ONCE} of {stored:,} runs")
            said.append(await place.sweep(dry=True))
            done.append(await place.sweep())
        if any(bill.reads != _IDLE_READS or bill.writes for _, bill, _, _ in idle):
            raise Broke(f"An idle sweep cost {idle[0][1]} instead of {_IDLE_READS} reads.")
        rows = [_row("nothing is due", idle), _row("100 are due, dry run", said), _row("100 are due", done)]
        mix = f"{_MIX['late']} late, {_MIX['near']} far ahead and now near, {_MIX['lost']} whose {_SHARDS} shards lost "
        mix += f"their tasks, {_MIX['finished']} finished and not marked, {_MIX['expired']} expired"
        return Found(rows, [f"{stored:,} runs are stored. Of those that are due {mix}; one task is for the next call."])
    finally:
        await place.database.close()


def _row(what: str, turns: Sequence[tuple[Swept, Bill, float, float]]) -> Row:
    swept, bill, _, _ = turns[-1]
    return {
        "what": what,
        "runs": len(swept.runs.looks),
        "reads": bill.reads,
        "writes": bill.writes,
        "tasks": bill.tasks,
        "ms": round(1_000 * statistics.median(wall_s for _, _, wall_s, _ in turns)),
        "cpu_ms": round(1_000 * statistics.median(cpu_s for _, _, _, cpu_s in turns), 1),
    }


def _run(now: int, state: State, **fields: Any) -> Run:
    return crowd.run_of(new_id(), 1, state, now).model_copy(update=fields)


def _quiet(count: int, now: int) -> Iterator[Run]:
    """Those that have been sent, and those whose time has not come."""
    for number in range(count):
        if number % 2:
            yield _run(now, State.SENT, wake_at=None, ended_at=now - _DAY_MS)
        else:
            send_on = now + (1 + number % 20) * _DAY_MS
            yield _run(now, State.SCHEDULED, send_on=send_on, wake_at=send_on, expires_at=send_on + _DAY_MS)


def _needy(kind: str, now: int) -> Run:
    past, soon = now - 10 * _MINUTE_MS, now + _DAY_MS
    if kind == "late":
        return _run(now, State.SCHEDULED, send_on=past, wake_at=past, expires_at=soon)
    if kind == "near":
        send_on = now + ARM_AHEAD_MS - _MINUTE_MS
        return _run(now, State.SCHEDULED, send_on=send_on, wake_at=past, expires_at=send_on + _DAY_MS)
    return _run(
        now, State.SENDING, started_at=past, released_at=past, send_on=past, wake_at=past, shards=_SHARDS,
        estimate=_SHARDS, reason=kind, expires_at=now - 1 if kind == "expired" else soon,
    )  # fmt: skip


def _shards(run: Run, now: int) -> Iterator[Shard]:
    """Of a run whose tasks were lost some were put off before, and the others never begun."""
    past = now - 5 * _MINUTE_MS
    for number in range(_SHARDS):
        shard = Shard(id=str(number), run=run.id, planned=True, source=Source.RANGE, due_at=past, attempt=1)
        if run.reason == "finished":
            yield shard.model_copy(update={"done": True, "counts": {"accepted": 1_000}})
        elif run.reason == "lost" and number < _PUT_OFF:
            yield shard.model_copy(update={"resume_at": past})


SWEEP = Measurement(
    "sweep",
    "`sweep`: one call",
    {
        "what": "what",
        "runs": "runs looked at",
        "reads": "reads",
        "writes": "writes",
        "tasks": "tasks made",
        "ms": "ms",
        "cpu_ms": "CPU ms",
    },
    measure,
)

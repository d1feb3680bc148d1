"""Sweep on Google's emulator: what it costs when there is nothing to do, and two of them at once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from contract.conftest import FirestoreStores
from fakes.made import run, schedule, shard
from fakes.tasks import FakeTasks
from infra.bench.bill import Bill, billed
from push.adapters.firestore.jobs import FirestoreJobs
from push.adapters.firestore.ledger import FirestoreLedger
from push.adapters.firestore.runs import FirestoreRuns
from push.bootstrap import SystemClock
from push.domain.housekeeping import HOUSEKEEPING
from push.domain.job import Job, JobKind, JobState
from push.domain.pace import Ramp
from push.domain.schedule import State
from push.usecases.sweep import Swept, first_turn, sweep

HOUR_MS = 3_600_000


class World:
    """One database, and a queue."""

    def __init__(self, stores: FirestoreStores) -> None:
        self.database = stores.database
        self.runs, self.jobs = FirestoreRuns(self.database), FirestoreJobs(self.database)
        self.ledger, self.audience = FirestoreLedger(self.database), stores.audience
        self.tasks = FakeTasks()
        self.clock = SystemClock()

    async def sweep(self, dry: bool = False) -> Swept:
        return await sweep(
            first_turn(self.clock), clock=self.clock, runs=self.runs, ledger=self.ledger, audience=self.audience,
            jobs=self.jobs, tasks=self.tasks, ramp=Ramp(600_000, 0, 0), lease_s=20, dry=dry,
        )  # fmt: skip

    async def bill(self, dry: bool = False) -> tuple[Swept, Bill]:
        with billed(self.database.client._firestore_api.transport) as bill:
            return await self.sweep(dry), bill

    async def add(self, count: int, wake_in_ms: int | None, first: int = 0, **fields: Any) -> None:
        now = self.clock.now()
        known = {"send_on": now - HOUR_MS, "expires_at": now + 20 * HOUR_MS, "created_at": now - HOUR_MS}
        for number in range(first, first + count):
            id = f"{number:024x}"
            wake_at = None if wake_in_ms is None else now + wake_in_ms
            await self.runs.accept(schedule(id), run(id, wake_at=wake_at, **known | fields), [])


Play = Callable[[World], Awaitable[None]]


@pytest.fixture
def on_firestore(firestore_emulator: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[Play], None]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    def play(body: Play) -> None:
        async def whole() -> None:
            stores = FirestoreStores()
            try:
                await body(World(stores))
            finally:
                await stores.close()

        asyncio.run(whole())

    return play


def test_when_there_is_nothing_to_do_it_costs_two_reads_and_no_write(on_firestore: Callable[[Play], None]) -> None:
    async def play(world: World) -> None:
        await world.add(20, HOUR_MS)
        await world.add(20, None, first=20, state=State.SENT)
        now = world.clock.now()
        ended = {"state": JobState.DONE, "wake_at": None, "finished_at": now}
        for number in range(20):
            await world.jobs.create(Job(id=f"j{number}", kind=JobKind.ERASE_USER, subject="", started_at=now, **ended))
        first = await world.sweep()
        assert [look.id for look in first.jobs.looks] == [HOUSEKEEPING]
        assert [task.document for task in world.tasks.created] == [HOUSEKEEPING]
        for dry in (False, True, False):
            swept, bill = await world.bill(dry)
            assert (swept.runs.looks, swept.jobs.looks, swept.more) == ((), [], False)
            assert (bill.reads, bill.writes, bill.calls) == (2, 0, {"run_query": 2})

    on_firestore(play)


def test_two_sweeps_at_once_move_each_run_once_and_a_dry_one_moves_none(
    on_firestore: Callable[[Play], None],
) -> None:
    async def play(world: World) -> None:
        await world.add(30, -1_000)
        await world.sweep(dry=True)
        said, bill = await world.bill(dry=True)
        assert (len(said.runs.looks), bill.writes, world.tasks.created) == (30, 0, [])
        await asyncio.gather(*(world.sweep() for _ in range(3)))
        made = Counter(task.document for task in world.tasks.created if task.queue == "send")
        assert len(made) == sum(made.values()) == 30
        assert {task.epoch for task in world.tasks.created if task.queue == "send"} == {2}
        assert (await world.runs.due(world.clock.now(), 99)).total == 0

    on_firestore(play)


def test_a_run_of_more_shards_than_are_read_at_once_has_all_of_them_armed(
    on_firestore: Callable[[Play], None],
) -> None:
    shards = 650

    async def play(world: World) -> None:
        past = world.clock.now() - HOUR_MS
        sending = {"shards": shards, "started_at": past, "released_at": past, "estimate": 10}
        await world.add(1, -1_000, state=State.SENDING, **sending)
        id = f"{0:024x}"
        slots = asyncio.Semaphore(50)

        async def create(number: int) -> None:
            async with slots:
                await world.ledger.create(shard(str(number), run=id, worker=None, due_at=past, resume_at=past))

        await asyncio.gather(*(create(number) for number in range(shards)))
        pages = [len(page) async for page in world.ledger.open(id)]
        assert (sum(pages), max(pages) < shards) == (shards, True)
        swept = await world.sweep()
        assert swept.runs.looks[0].words == [f"re-queue {shards} shards"]
        made = {task.document for task in world.tasks.created if task.queue == "deliver"}
        assert made == {f"{id}/{number}" for number in range(shards)}

    on_firestore(play)


def test_a_bill_counts_what_google_does(on_firestore: Callable[[Play], None]) -> None:
    async def play(world: World) -> None:
        await world.add(3, -1_000)
        with billed(world.database.client._firestore_api.transport) as bill:
            await world.runs.due(world.clock.now(), 10)
            await world.runs.get("f" * 24)
            await world.ledger.finished(f"{0:024x}", 0)
            found = await world.runs.get(f"{1:024x}")
            assert found is not None
            await world.runs.move(found.value, found.version)
        # Three found, one not there; a count of none and a query that finds none; one there; a run and its schedule.
        assert (bill.reads, bill.writes) == (3 + 1 + 2 + 1, 2)

    on_firestore(play)

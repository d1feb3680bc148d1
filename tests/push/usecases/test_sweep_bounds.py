"""Sweep does a bounded piece of work and goes on by itself; any number of sweeps at once are as good as one."""

import asyncio
import random
from typing import Any

import pytest

from fakes.engine import LEASE_S, Engine
from fakes.jobs import FakeJobs
from fakes.processes import Process, Wired
from fakes.virtual import run
from push.domain.errors import Malformed, Unavailable
from push.domain.run import GRACE_MS, WATCH_MS
from push.domain.schedule import State
from push.domain.shard import Shard, Source
from push.usecases.sweep import Swept, Turn, first_turn, sweep, turn_of
from push.usecases.tasks import Task

MINUTE_MS = 60_000


class Sweeping:
    """An engine, and housekeeping that has begun, at the start of a minute."""

    def __init__(self) -> None:
        self.engine = engine = Engine()
        self.jobs = FakeJobs()
        engine.clock.time -= engine.clock.time % MINUTE_MS
        engine.add_devices(1)
        asyncio.run(self.sweep())
        engine.tasks.queue.clear()

    async def sweep(self, turn: Turn | None = None, process: Process | None = None) -> Swept:
        """By a process whose every call takes its time, if there is one."""
        engine = self.engine
        ports: Any = (engine.runs, engine.ledger, engine.audience, self.jobs, engine.tasks)
        if process is not None:
            ports = (Wired(port, process, 0.0) for port in ports)
        runs, ledger, audience, jobs, tasks = ports
        return await sweep(
            turn or first_turn(engine.clock), clock=engine.clock, runs=runs, ledger=ledger, audience=audience,
            jobs=jobs, tasks=tasks, ramp=engine.ramp, lease_s=LEASE_S,
        )  # fmt: skip

    def sent(self) -> list[str]:
        """The runs that have a task, as often as they have one."""
        return [task.id for _, _, name, task in self.engine.tasks.queue if name == "send"]

    def turns(self) -> list[Turn]:
        found = (turn_of(task) for _, _, _, task in self.engine.tasks.queue)
        return [turn for turn in found if turn is not None]

    async def go_on(self) -> int:
        """The turns that follow, as the queue calls them; answers how many."""
        done = 0
        while turns := self.turns():
            self.engine.tasks.queue = [row for row in self.engine.tasks.queue if row[2] != "work"]
            for turn in turns:
                await self.sweep(turn)
                done += 1
        return done


def late(sweeping: Sweeping, count: int) -> None:
    """So many scheduled runs, whose tasks were lost."""
    sweeping.engine.tasks.lose = True
    for number in range(count):
        asyncio.run(sweeping.engine.accept(id=f"{number:024x}"))
    sweeping.engine.tasks.lose = False
    sweeping.engine.clock.pass_ms(MINUTE_MS)


def test_a_hundred_at_a_time_until_none_is_left() -> None:
    sweeping = Sweeping()
    late(sweeping, 250)
    first = asyncio.run(sweeping.sweep())
    assert (len(first.runs.looks), first.more, first.goes_on) == (100, True, True)
    assert len(sweeping.sent()) == 100
    assert asyncio.run(sweeping.go_on()) == 2
    assert len(sweeping.sent()) == len({*sweeping.sent()}) == 250


@pytest.mark.parametrize("seed", range(5))
def test_sweeps_at_once_make_one_task_for_each_run_and_go_on_as_one(seed: int) -> None:
    sweeping = Sweeping()
    late(sweeping, 230)
    dice = random.Random(seed)

    async def play() -> None:
        processes = [Process(dice, False, asyncio.Event()) for _ in range(3)]
        await asyncio.gather(*(sweeping.sweep(process=process) for process in processes))
        (turn,) = sweeping.turns()
        # Cloud Tasks delivers it twice, while Cloud Scheduler calls again.
        sweeping.engine.tasks.queue = [row for row in sweeping.engine.tasks.queue if row[2] != "work"]
        again = [sweeping.sweep(turn, process) for process in processes[:2]]
        await asyncio.gather(*again, sweeping.sweep(process=processes[2]))
        assert len(sweeping.turns()) <= 1
        await sweeping.go_on()

    run(play())
    assert len(sweeping.sent()) == len({*sweeping.sent()}) == 230
    assert {run.epoch for run, _, _ in sweeping.engine.runs.stored.values()} == {2}


def test_a_chain_ends_with_its_minute_for_then_cloud_scheduler_calls_anew() -> None:
    sweeping = Sweeping()
    late(sweeping, 150)
    turn = first_turn(sweeping.engine.clock)
    sweeping.engine.clock.pass_ms(MINUTE_MS)
    swept = asyncio.run(sweeping.sweep(turn))
    assert (swept.more, swept.goes_on, sweeping.turns()) == (True, False, [])
    assert asyncio.run(sweeping.sweep()).runs.full is False
    assert len(sweeping.sent()) == 150


def test_a_clock_that_stands_still_makes_no_endless_chain() -> None:
    sweeping = Sweeping()
    late(sweeping, 150)
    assert not asyncio.run(sweeping.sweep(Turn(first_turn(sweeping.engine.clock).minute, 100))).goes_on


def test_where_nothing_can_be_moved_it_does_not_go_on_at_once() -> None:
    sweeping = Sweeping()
    late(sweeping, 150)

    async def refuses(*_: Any) -> None:
        raise Unavailable("the store takes no writes")

    sweeping.engine.runs.move = sweeping.engine.runs.put_off = refuses  # type: ignore[method-assign, assignment]
    swept = asyncio.run(sweeping.sweep())
    assert (swept.more, swept.goes_on) == (True, False)


def test_a_queue_that_does_not_answer_loses_the_next_turn_and_nothing_else() -> None:
    sweeping = Sweeping()
    late(sweeping, 150)

    async def refuses(*_: Any) -> None:
        raise Unavailable("Cloud Tasks does not take the task")

    sweeping.engine.tasks.sweep = refuses  # type: ignore[method-assign, assignment]
    assert not asyncio.run(sweeping.sweep()).goes_on
    assert not asyncio.run(sweeping.sweep()).more
    assert len(sweeping.sent()) == 150


def test_a_hundred_that_cannot_be_read_do_not_stand_before_the_others_for_ever() -> None:
    sweeping = Sweeping()
    late(sweeping, 150)
    engine = sweeping.engine
    engine.runs.unreadable = {f"{number:024x}" for number in range(100)}
    asyncio.run(sweeping.sweep())
    asyncio.run(sweeping.go_on())
    assert len(sweeping.sent()) == 50


def test_runs_are_looked_at_several_at_a_time_and_never_all() -> None:
    sweeping = Sweeping()
    late(sweeping, 60)
    engine, together, most = sweeping.engine, 0, 0
    move = engine.runs.move

    async def slowly(*args: Any) -> Any:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0.001)
        together -= 1
        return await move(*args)

    engine.runs.move = slowly  # type: ignore[method-assign, assignment]
    asyncio.run(sweeping.sweep())
    assert 2 <= most <= 8


def test_a_clock_that_is_ahead_of_the_stores_makes_nothing_late() -> None:
    sweeping = Sweeping()
    engine = sweeping.engine
    asyncio.run(engine.accept(send_on=engine.clock.now() + 10 * MINUTE_MS))
    engine.runs.clock = type(engine.clock)(engine.clock.now())
    engine.clock.pass_ms(11 * MINUTE_MS)
    assert asyncio.run(sweeping.sweep()).runs.looks == []
    assert engine.run().epoch == 1


@pytest.mark.parametrize("shards", [500, 5_000])
def test_a_run_of_many_shards_is_read_page_by_page_and_what_is_late_of_it_armed(shards: int) -> None:
    """Nobody works: the queue has lost all of them, those that were put off and those that never began."""
    engine = Engine()
    engine.add_devices(1)
    id = "r" * 24

    async def play() -> None:
        await engine.accept()
        run, version, _ = engine.runs.stored[id]
        now = engine.clock.now()
        sending = {"state": State.SENDING, "shards": shards, "started_at": now, "released_at": now, "estimate": 1}
        await engine.runs.move(run.model_copy(update=sending), version)
        for number in range(0, shards, 2):
            shard = Shard(id=str(number), run=id, planned=True, source=Source.RANGE, due_at=now, resume_at=now + 1_000)
            await engine.ledger.create(shard)
        engine.tasks.queue.clear()
        engine.clock.pass_ms(GRACE_MS + WATCH_MS + 1_001)
        looks = await engine.looks()
        assert looks.looks[0].words == [f"hand out {shards // 2:,} shards", f"re-queue {shards // 2:,} shards"]

    asyncio.run(play())
    assert sorted(int(task.shard) for _, _, _, task in engine.tasks.queue) == [*range(shards)]


def test_a_task_that_names_no_minute_is_malformed_and_others_are_no_turns() -> None:
    assert turn_of(Task(v=1, id="sweep/29999999", epoch=3)) == Turn(29_999_999, 3)
    assert turn_of(Task(v=1, id="a" * 24, epoch=3)) is None
    for id in ("sweep", "sweep/", "sweep/x", "sweep/-1", "sweep/1/2"):
        with pytest.raises(Malformed):
            turn_of(Task(v=1, id=id, epoch=1))

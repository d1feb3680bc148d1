"""What sweep picks up: everything that a crash between two steps leaves behind (P1)."""

import asyncio
from collections import Counter

import pytest

from fakes.engine import LEASE_S, Engine
from fakes.logged import logged
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.domain.run import ARM_AHEAD_MS, GRACE_MS, WATCH_MS
from push.domain.schedule import State
from push.domain.shard import Shard, Source
from push.usecases.finish_run import finish_run
from push.usecases.tasks import Answer, Task

DAY_MS = 24 * 3_600_000


def test_a_run_whose_task_was_never_made_is_sent_all_the_same() -> None:
    engine = Engine()
    engine.add_devices(3)

    async def play() -> None:
        engine.tasks.lose = True
        await engine.accept()
        engine.tasks.lose = False
        assert await engine.sweep() == 0
        engine.clock.pass_ms(GRACE_MS)
        assert await engine.sweep() == 1
        await engine.run_until_idle()

    asyncio.run(play())
    assert (engine.run().state, len(engine.sender.sent)) == (State.SENT, 3)


def test_a_run_further_ahead_than_cloud_tasks_allows_is_armed_when_it_comes_near() -> None:
    engine = Engine()
    engine.add_devices(1)
    send_on = engine.clock.now() + 400 * DAY_MS

    async def play() -> None:
        engine.tasks.lose = True
        await engine.accept(send_on=send_on)
        engine.tasks.lose = False
        assert engine.run().wake_at == send_on - ARM_AHEAD_MS
        engine.clock.pass_ms(370 * DAY_MS)
        assert await engine.sweep() == 0
        engine.clock.pass_ms(DAY_MS)
        assert await engine.sweep() == 1
        assert engine.tasks.queue[0][0] == send_on
        await engine.run_until_idle()

    asyncio.run(play())
    assert (engine.run().started_at or 0) >= send_on
    assert len(engine.sender.sent) == 1


def test_after_a_rearming_the_old_task_does_not_act_a_second_time() -> None:
    engine = Engine()
    engine.add_devices(5)

    async def play() -> None:
        await engine.accept()
        engine.clock.pass_ms(GRACE_MS)
        await engine.sweep()
        assert len(engine.tasks.queue) == 2
        await engine.run_until_idle()

    asyncio.run(play())
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(5))


def test_shards_that_were_never_handed_out_are() -> None:
    engine = Engine()
    engine.add_devices(100)
    engine.audience.estimates = 400

    async def play() -> None:
        id = await engine.accept()
        engine.tasks.lose = True
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.tasks.lose = False
        engine.tasks.queue.clear()
        engine.clock.pass_ms(WATCH_MS + 1)
        await engine.sweep()
        await engine.run_until_idle()

    asyncio.run(play())
    assert engine.run().state is State.SENT
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(100))


def test_leftovers_that_were_never_armed_are() -> None:
    engine = Engine()
    engine.add_devices(4)
    seen: set[str] = set()

    def answer(token: str) -> Outcome:
        first = token not in seen
        seen.add(token)
        return Outcome(Kind.RETRY, "UNAVAILABLE", 10) if first else ACCEPTED

    engine.sender.answer = answer

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.tasks.queue.clear()
        engine.tasks.lose = True
        assert await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1)) is Answer.DONE
        engine.tasks.lose = False
        engine.clock.pass_ms(WATCH_MS + 30_000)
        await engine.sweep()
        await engine.run_until_idle()

    asyncio.run(play())
    assert (engine.run().counts or {})["accepted"] == 4


def test_a_run_that_moves_is_only_looked_at_again_later() -> None:
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.clock.pass_ms(WATCH_MS)
        await engine.sweep()
        assert engine.run().epoch == 1
        assert engine.run().wake_at == engine.clock.now() + WATCH_MS
        assert await engine.sweep() == 0

    asyncio.run(play())


def test_a_run_whose_last_worker_died_before_saying_so_is_marked_sent() -> None:
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        id = await engine.accept()
        await engine.run_until_idle()
        run, version, _ = engine.runs.stored[id]
        await engine.runs.move(
            run.model_copy(update={"state": State.SENDING, "counts": None, "wake_at": engine.clock.now()}), version
        )
        await engine.sweep()

    asyncio.run(play())
    assert engine.run().state is State.SENT
    assert (engine.run().counts or {})["accepted"] == 4


def test_only_who_marks_a_run_sent_says_that_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        id = await engine.accept()
        await engine.run_until_idle()
        assert await finish_run(engine.run(id), runs=engine.runs, ledger=engine.ledger)

    asyncio.run(play())
    assert [line["to"] for line in logged(capsys, "run-state")] == ["sending", "sent"]


def test_a_run_that_expired_while_nothing_moved_says_so() -> None:
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        id = await engine.accept(lives_ms=DAY_MS)
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.clock.pass_ms(DAY_MS)
        await engine.sweep()

    asyncio.run(play())
    assert (engine.run().state, engine.sender.sent) == (State.EXPIRED, [])


def test_shards_that_have_paused_wait_in_the_queue_behind_those_that_are_being_sent() -> None:
    """A thousand that paused together cannot all go on at once: that they wait is no reason for another task each."""
    engine = Engine()
    engine.add_devices(100)
    engine.audience.estimates = 400
    id = "r" * 24

    async def play() -> None:
        await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        now = engine.clock.now()
        for number in range(3):
            shard = Shard(id=str(number), run=id, planned=True, source=Source.RANGE, due_at=now, resume_at=now + 1_000)
            await engine.ledger.create(shard)
        engine.tasks.queue.clear()
        engine.clock.pass_ms(2 * WATCH_MS)
        await engine.ledger.create(
            Shard(id="3", run=id, planned=True, source=Source.RANGE, due_at=now, attempt=1, worker="w")
        )
        await engine.sweep()
        assert (engine.run().epoch, engine.tasks.queue) == (1, [])
        engine.clock.pass_ms(2 * WATCH_MS)
        await engine.sweep()
        assert engine.run().epoch == 2
        await engine.run_until_idle()

    asyncio.run(play())
    assert engine.run().state is State.SENT
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(100))


def test_a_stuck_shard_of_a_live_worker_is_left_alone() -> None:
    engine = Engine()
    engine.add_devices(4)

    async def sweep_meanwhile() -> None:
        engine.clock.pass_ms(int(LEASE_S * 500))
        run, version, _ = engine.runs.stored["r" * 24]
        await engine.runs.move(run.model_copy(update={"wake_at": engine.clock.now()}), version)
        await engine.sweep()

    engine.sender.before = sweep_meanwhile

    async def play() -> None:
        await engine.accept()
        await engine.run_until_idle()

    asyncio.run(play())
    assert engine.run().epoch == 1
    assert len(engine.sender.sent) == 4

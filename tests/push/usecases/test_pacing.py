"""How fast a run is sent, and what waits for what."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from fakes.engine import Engine
from fakes.sender import once
from push.domain.budget import Budget
from push.domain.errors import Unavailable
from push.domain.outcome import ACCEPTED, QUOTA_EXCEEDED, UNAUTHENTICATED, Kind, Outcome
from push.domain.pace import Pacing, Ramp
from push.domain.run import URGENT_MOST, WATCH_MS
from push.domain.schedule import State
from push.domain.shard import PAGE_SIZE
from push.usecases.tasks import Answer, Task

LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)
QUOTA = Outcome(Kind.RETRY, QUOTA_EXCEEDED, 60)


def played(engine: Engine, **accept: Any) -> None:
    async def play() -> None:
        await engine.accept(**accept)
        await engine.run_until_idle()

    asyncio.run(play())


@pytest.mark.parametrize(
    ("listed", "queue"), [(1, "urgent"), (URGENT_MOST, "urgent"), (URGENT_MOST + 1, "deliver"), (None, "deliver")]
)
def test_few_people_wait_behind_no_broadcast_neither_at_first_nor_when_they_are_tried_again(
    listed: int | None, queue: str
) -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = once(LATER)
    aliases = None if listed is None else [f"alias-{n}" for n in range(listed)]

    played(engine, aliases=aliases)
    assert engine.run().state is State.SENT
    assert len(engine.sender.sent) == (2 if listed == 1 else 6)
    assert set(engine.tasks.used) == {"send", queue}
    assert engine.sender.urgent == {queue == "urgent"}


def test_few_users_wait_behind_no_broadcast() -> None:
    engine = Engine()
    engine.add_devices(1)
    engine.give("ann", 0)

    played(engine, users=["ann"])
    assert set(engine.tasks.used) == {"send", "urgent"}


def refusing(engine: Engine, project: str, until_ms: int) -> Counter[str]:
    """FCM answers 429 for a project until then. Counts what it refused."""
    refused: Counter[str] = Counter()

    def answer(token: str) -> Outcome:
        if engine.sender.project == project and engine.clock.now() < until_ms:
            refused[token] += 1
            return QUOTA
        return ACCEPTED

    engine.sender.answer = answer
    return refused


def test_a_429_pauses_its_project_alone_and_everybody_gets_their_message_in_the_end() -> None:
    engine = Engine()
    engine.add_devices(2_000)
    began = engine.clock.now()
    refused = refusing(engine, "full", began + 50_000)

    async def play() -> None:
        await engine.accept("a" * 24, project="full")
        await engine.accept("b" * 24, project="other")
        await engine.run_until_idle()

    asyncio.run(play())
    for run in (engine.run("a" * 24), engine.run("b" * 24)):
        assert (run.state, (run.counts or {})["accepted"]) == (State.SENT, 2_000)
    assert 0 < sum(refused.values()) <= PAGE_SIZE  # not page after page
    assert engine.pace.pacings.keys() == {"full"}
    assert (engine.run("b" * 24).sent_at or 0) < began + 1_000
    assert (engine.run("a" * 24).sent_at or 0) >= began + 60_000


def test_a_token_that_is_refused_for_a_moment_pauses_the_project_and_halts_nothing() -> None:
    engine = Engine()
    engine.add_devices(40)
    engine.sender.answer = once(Outcome(Kind.RETRY, UNAUTHENTICATED, 10))
    pauses: list[tuple[str, int]] = []
    hold = engine.pace.hold

    async def watched(project: str, until: int) -> bool:
        pauses.append((project, until - engine.clock.now()))
        return await hold(project, until)

    engine.pace.hold = watched  # type: ignore[method-assign]
    played(engine)
    assert (engine.run().state, (engine.run().counts or {})["accepted"]) == (State.SENT, 40)
    assert pauses == [("demo", 10_000)]


def test_a_shard_of_a_paused_project_gives_its_place_back_and_reads_nobody() -> None:
    engine = Engine()
    engine.add_devices(10)
    engine.pace.pacings["demo"] = Pacing(not_before=engine.clock.now() + 600_000)
    scan, scans = engine.audience.scan, 0

    def counted(*args: Any) -> Any:
        nonlocal scans
        scans += 1
        return scan(*args)

    engine.audience.scan = counted  # type: ignore[method-assign, assignment]

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.tasks.queue.clear()
        task = Task(v=1, id=f"{id}/0", epoch=1)
        for _ in range(3):  # delivered again and again, it is put off once
            assert await engine.call("deliver", task) is Answer.DONE
            assert len(engine.tasks.queue) == 1
        assert scans == 0
        shard = engine.ledger.shards[id, "0"][0]
        assert (shard.worker, shard.page) == (None, None)
        assert engine.clock.now() + 600_000 <= shard.resume_at == engine.tasks.queue[0][0]
        await engine.run_until_idle()

    asyncio.run(play())
    assert len(engine.sender.sent) == 10


def test_sweep_leaves_a_shard_alone_that_pauses_and_picks_it_up_when_its_task_is_lost() -> None:
    engine = Engine()
    engine.add_devices(10)
    engine.pace.pacings["demo"] = Pacing(not_before=engine.clock.now() + 600_000)

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.tasks.queue.clear()
        engine.tasks.lose = True
        assert await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1)) is Answer.DONE
        engine.tasks.lose = False
        for _ in range(9):
            engine.clock.pass_ms(WATCH_MS + 1)
            await engine.sweep()
        assert engine.run().epoch == 1
        for _ in range(3):
            engine.clock.pass_ms(WATCH_MS + 1)
            await engine.sweep()
        assert engine.run().epoch == 2
        await engine.run_until_idle()

    asyncio.run(play())
    assert engine.run().state is State.SENT


def test_who_has_not_been_tried_when_their_project_pauses_has_a_full_hour_afterwards() -> None:
    engine = Engine()
    engine.add_devices(2 * PAGE_SIZE)
    began = engine.clock.now()
    tries: Counter[str] = Counter()

    def answer(token: str) -> Outcome:
        tries[token] += 1
        if engine.clock.now() < began + 1_000:
            return QUOTA._replace(after_s=3_590)
        return LATER if tries[token] == 1 else ACCEPTED

    engine.sender.answer = answer

    played(engine)
    # The first page's hour is over when the pause is. The second is tried, and tried again.
    counts = engine.run().counts or {}
    assert counts["targeted"] == 2 * PAGE_SIZE
    assert counts["accepted"] >= PAGE_SIZE


def test_a_project_that_is_asked_to_pause_for_days_is_asked_again_within_the_hour() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = once(Outcome(Kind.RETRY, QUOTA_EXCEEDED, 30 * 86_400.0))

    played(engine)
    until = engine.pace.pacings["demo"].not_before or 0
    assert until <= engine.clock.now() + 3_600_000
    assert engine.run().reasons == {"EXPIRED": 3}


def test_a_pause_that_cannot_be_stored_loses_nobody() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = once(QUOTA)

    async def broken(*_: Any) -> bool:
        raise Unavailable("no")

    engine.pace.hold = broken  # type: ignore[method-assign, assignment]

    played(engine)
    assert (engine.run().counts or {})["accepted"] == 3


def test_a_phone_that_gets_too_much_does_not_pause_the_others() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = once(Outcome(Kind.RETRY, "DEVICE_QUOTA_EXCEEDED", 60))

    played(engine)
    assert engine.pace.pacings == {}
    assert (engine.run().counts or {})["accepted"] == 3


def test_a_pause_that_is_nearly_over_is_waited_for() -> None:
    engine = Engine()
    engine.add_devices(3)
    until = engine.clock.now() + 1_500
    engine.pace.pacings["demo"] = Pacing(not_before=until)

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        assert await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1)) is Answer.DONE

    asyncio.run(play())
    assert (engine.run().state, engine.clock.now()) == (State.SENT, until)


def test_a_broadcast_takes_as_long_as_its_quota_asks_for_and_an_urgent_one_does_not() -> None:
    engine = Engine()
    engine.add_devices(3_000)
    began = engine.clock.now()
    engine.pace.pacings["demo"] = Pacing(quota_per_minute=6_000)

    async def play() -> None:
        await engine.accept("b" * 24)
        await engine.accept("u" * 24, aliases=["alias-1"])
        await engine.run_until_idle()

    asyncio.run(play())
    assert engine.run("b" * 24).state is engine.run("u" * 24).state is State.SENT
    took_s = ((engine.run("b" * 24).sent_at or 0) - began) / 1000
    assert took_s >= (3_000 - PAGE_SIZE) / 90
    assert (engine.run("u" * 24).sent_at or 0) < began + 6_000


def test_a_shard_that_has_to_wait_for_quota_reads_nobody_and_looks_at_no_other_shard() -> None:
    engine = Engine()
    engine.add_devices(3_000)
    engine.audience.estimates = 3  # below a thousand: no canary
    engine.pace.pacings["demo"] = Pacing(quota_per_minute=600)
    scan, open_ = engine.audience.scan, engine.ledger.open
    calls: Counter[str] = Counter()

    def scanned(*args: Any) -> Any:
        calls["scan"] += 1
        return scan(*args)

    def opened(run: str) -> Any:
        calls["open"] += 1
        return open_(run)

    engine.audience.scan = scanned  # type: ignore[method-assign, assignment]
    engine.ledger.open = opened  # type: ignore[method-assign]

    played(engine)
    assert engine.run().state is State.SENT
    assert engine.ledger.shards["r" * 24, "0"][0].attempt > 5
    # A query gives a page at least, or the end.
    assert calls["scan"] <= 3_000 / PAGE_SIZE + 1
    assert calls["open"] == 0


def test_what_is_put_off_for_quota_has_its_task_in_the_epoch_that_is_in_force() -> None:
    engine = Engine()
    engine.add_devices(2 * PAGE_SIZE)
    engine.audience.estimates = 3
    engine.pace.pacings["demo"] = Pacing(quota_per_minute=600)

    async def rearm() -> None:
        run, version, _ = engine.runs.stored["r" * 24]
        await engine.runs.move(run.model_copy(update={"epoch": 7}), version)

    engine.sender.before = rearm

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.tasks.queue.clear()
        assert await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1)) is Answer.DONE

    asyncio.run(play())
    assert [task.epoch for _, _, _, task in engine.tasks.queue] == [7]


def test_a_large_audience_begins_slowly() -> None:
    engine = Engine()
    engine.add_devices(6_000)
    engine.audience.estimates = 24  # a slice of 1/256: about 6,000, one shard
    engine.ramp = Ramp(60_000, 60, 5_000)
    engine.budget = Budget(engine.ramp, 1)
    began = engine.clock.now()
    moments: list[int] = []

    async def note() -> None:
        moments.append(engine.clock.now() - began)

    engine.sender.before = note

    played(engine)
    # Evenly from nothing to 1,000 a second in 60 s: after t seconds t²/120 thousand (and what was saved up).
    for page, moment in enumerate(moments):
        assert page * PAGE_SIZE <= 1_000 * (moment / 1000 + 3) ** 2 / 120 + 1_000
    assert moments[-1] > 20_000


def test_a_worker_that_is_told_to_end_does_not_wait_for_quota() -> None:
    engine = Engine()
    engine.add_devices(4 * PAGE_SIZE)
    engine.ramp = Ramp(60_000, 0, 0)
    engine.budget = Budget(engine.ramp, 1)

    async def play() -> None:
        id = await engine.accept(aliases=[device.alias for device in engine.devices])
        await engine.call("send", Task(v=1, id=id, epoch=1))

        async def forever(_: float) -> None:
            engine.stopping = True
            await asyncio.sleep(3_600)

        sleep, engine.clock.sleep = engine.clock.sleep, forever  # type: ignore[method-assign, assignment]
        task = Task(v=1, id=f"{id}/0", epoch=1)
        assert await asyncio.wait_for(engine.call("deliver", task), 60) is Answer.BUSY
        engine.stopping, engine.clock.sleep = False, sleep  # type: ignore[method-assign]
        assert engine.ledger.shards[id, "0"][0].worker is None
        assert await engine.call("deliver", task) is Answer.DONE

    asyncio.run(play())
    assert len(engine.sender.sent) == len(set(engine.sender.targets)) == 2 * PAGE_SIZE

"""Rarer trouble, each of which once lost or doubled something."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fakes.audience import NO_CANARY
from fakes.engine import LEASE_S, Engine, ProcessDied
from fakes.sender import once
from fakes.virtual import run
from push.domain.errors import Unavailable
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.domain.page import Entry
from push.domain.run import WATCH_MS
from push.domain.schedule import OnUnknown, State
from push.domain.shard import PAGE_SIZE, WORKER_DIED
from push.ports import Commit
from push.usecases.move_run import end_run
from push.usecases.send_page import send_page
from push.usecases.tasks import Answer, Task

REJECTED = Outcome(Kind.REJECTED, "INVALID_ARGUMENT")
LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)
DEAD = Outcome(Kind.DEAD, "UNREGISTERED")


def number(token: str) -> int:
    return int(token.removeprefix("token-"))


def counts(engine: Engine, id: str = "r" * 24) -> Any:
    return engine.run(id).counts or {}


async def whole(engine: Engine, **accept: Any) -> None:
    await engine.accept(**accept)
    await engine.run_until_idle()


def play(engine: Engine, **accept: Any) -> None:
    asyncio.run(whole(engine, **accept))


def test_junk_in_the_middle_of_a_list_does_not_keep_the_others_from_being_sent() -> None:
    engine = Engine()
    engine.add_devices(3_000)
    engine.sender.answer = lambda token: REJECTED if 1_000 <= number(token) < 1_500 else ACCEPTED
    play(engine, aliases=[device.alias for device in engine.devices])
    assert counts(engine)["accepted"] == 2_500


def test_a_shard_that_sees_only_rejections_halts_nothing_that_another_shard_had_accepted() -> None:
    engine = Engine()
    engine.add_devices(900)
    engine.audience.estimates = 160  # three shards
    first = engine.audience._matching(1, ())
    shard_0 = {e.target.value for e in first if e.target and e.key < "5"}
    engine.sender.answer = lambda token: ACCEPTED if token in shard_0 else REJECTED
    play(engine)
    assert engine.run().halted_renderings == ()
    assert len(engine.sender.sent) == 900


def test_a_page_that_was_never_handed_over_is_not_called_unknown() -> None:
    engine = Engine()
    engine.add_devices(100)
    get, calls = engine.runs.get, 0

    async def flaky(id: str) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:  # send, deliver, and then the page's own look at the run
            raise Unavailable("a blip")
        return await get(id)

    engine.runs.get = flaky  # type: ignore[method-assign]
    play(engine, on_unknown=OnUnknown.SKIP)
    assert counts(engine)["accepted"] == 100


def test_a_renewal_in_the_middle_of_its_commit_loses_no_leftovers() -> None:
    """A page is settled, a renewal is storing it slowly, and the reader fails: the shard is let go."""
    engine = Engine()
    engine.add_devices(600)
    engine.sender.answer = once(LATER)
    scan, commit, trouble = engine.audience.scan, engine.ledger.commit, True

    async def broken(*args: Any) -> AsyncIterator[list[Entry]]:
        nonlocal trouble
        read = 0
        async for batch in scan(*args):
            yield batch
            read += len(batch)
            if trouble and read >= 501:
                await asyncio.sleep(LEASE_S * 0.8)
                trouble = False
                raise Unavailable("the stream ended")

    async def slow(*args: Any) -> Any:
        if trouble and args[0].lists:
            await asyncio.sleep(LEASE_S * 1.6)
        return await commit(*args)

    engine.audience.scan = broken  # type: ignore[method-assign, assignment]
    engine.ledger.commit = slow  # type: ignore[method-assign, assignment]
    run(whole(engine))
    assert counts(engine)["targeted"] == counts(engine)["accepted"] == 600


def test_trouble_with_removing_the_dead_does_not_send_a_page_twice() -> None:
    engine = Engine()
    engine.add_devices(1_000)
    engine.sender.answer = lambda token: DEAD if number(token) < 40 else ACCEPTED

    async def broken(*_: Any) -> int:
        raise KeyError("device")

    async def slowly() -> None:
        await asyncio.sleep(0.01)

    engine.audience.remove = broken  # type: ignore[method-assign, assignment]
    engine.sender.before = slowly
    play(engine)
    assert set(Counter(engine.sender.targets).values()) == {1}
    assert counts(engine)["accepted"] == 960


def test_leftovers_are_armed_in_the_epoch_that_is_in_force() -> None:
    engine = Engine()
    engine.add_devices(600)
    engine.sender.answer = once(LATER)

    async def rearm() -> None:
        run, version, _ = engine.runs.stored["r" * 24]
        if run.epoch == 1:
            await engine.runs.move(run.model_copy(update={"epoch": 2}), version)

    engine.sender.before = rearm
    play(engine)
    assert engine.run().state is State.SENT


def test_a_target_is_given_up_an_hour_after_its_first_try_not_after_the_run_began() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = once(LATER)

    async def late() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.clock.pass_ms(61 * 60_000)  # deliver was down
        await engine.run_until_idle()

    asyncio.run(late())
    assert counts(engine)["accepted"] == 3


def test_a_run_that_was_sent_to_its_end_is_sent_even_if_nobody_said_so_before_it_expired() -> None:
    engine = Engine()
    engine.add_devices(3)

    async def whole() -> None:
        id = await engine.accept(lives_ms=90_000)
        await engine.run_until_idle()
        run, version, _ = engine.runs.stored[id]
        await engine.runs.move(
            run.model_copy(update={"state": State.SENDING, "counts": None, "wake_at": engine.clock.now()}), version
        )
        engine.clock.pass_ms(100_000)
        await engine.sweep()

    asyncio.run(whole())
    assert (engine.run().state, counts(engine)["accepted"]) == (State.SENT, 3)


def test_an_ended_run_is_summed_up_when_its_workers_have_stopped() -> None:
    engine = Engine()
    engine.add_devices(3)
    refused = Outcome(Kind.MISCONFIGURED, "PERMISSION_DENIED")
    engine.sender.answer = lambda token: ACCEPTED if number(token) == 1 else refused
    play(engine)
    assert engine.run().state is State.HALTED

    async def later() -> None:
        engine.clock.pass_ms(WATCH_MS)
        assert await engine.sweep() == 1
        assert await engine.sweep() == 0

    asyncio.run(later())
    assert counts(engine)["accepted"] == 1
    assert (engine.runs.schedules["r" * 24].counts or {})["accepted"] == 1


def test_a_run_that_cannot_be_read_does_not_keep_sweep_from_the_others() -> None:
    engine = Engine()
    engine.add_devices(3)
    open_ = engine.ledger.open

    def unreadable(run: str) -> Any:
        if run == "a" * 24:
            raise ValueError("Shard: cannot read format 2")
        return open_(run)

    engine.ledger.open = unreadable  # type: ignore[method-assign]

    async def whole() -> None:
        await engine.accept(id="a" * 24)
        await engine.call("send", Task(v=1, id="a" * 24, epoch=1))
        engine.tasks.queue.clear()
        engine.tasks.lose = True
        await engine.accept(id="b" * 24)
        engine.tasks.lose = False
        engine.clock.pass_ms(180_000)
        assert await engine.sweep() == 2
        await engine.run_until_idle()

    asyncio.run(whole())
    assert engine.run("b" * 24).state is State.SENT
    assert (engine.run("a" * 24).wake_at or 0) > engine.clock.now() - WATCH_MS


def test_a_run_whose_sending_never_began_expires_in_the_end() -> None:
    engine = Engine()

    async def whole() -> None:
        engine.tasks.lose = True
        await engine.accept(lives_ms=60_000)
        engine.clock.pass_ms(61_000)
        await engine.sweep()

    asyncio.run(whole())
    assert engine.run().state is State.EXPIRED


def test_shards_that_wait_behind_busy_workers_are_not_taken_for_lost() -> None:
    engine = Engine()
    engine.add_devices(300)
    engine.audience.estimates = 400
    looked: list[int] = []

    async def sweep_meanwhile() -> None:
        if engine.run().awaits_canary:
            return
        engine.sender.before = None
        engine.clock.pass_ms(2 * WATCH_MS)
        shard, version, _ = engine.ledger.shards["r" * 24, "0"]
        engine.ledger.shards["r" * 24, "0"] = (shard, version, engine.clock.now())  # its lease has been renewed
        looked.append(await engine.sweep())

    engine.sender.before = sweep_meanwhile
    play(engine)
    assert looked == [1]
    assert engine.run().epoch == 2  # the canary's, and no other
    assert engine.run().state is State.SENT


def test_a_target_that_cannot_be_read_has_an_outcome_and_stops_nobody() -> None:
    engine = Engine()
    engine.add_devices(3)
    scan = engine.audience.scan

    async def with_one_broken(*args: Any) -> AsyncIterator[list[Entry]]:
        async for batch in scan(*args):
            yield [e._replace(target=None, note="UNREADABLE") if e.device_id.endswith("1") else e for e in batch]

    engine.audience.scan = with_one_broken  # type: ignore[method-assign, assignment]
    play(engine)
    assert (counts(engine)["accepted"], counts(engine)["rejected"]) == (2, 1)
    assert engine.run().reasons == {"UNREADABLE": 1}


def test_a_run_is_still_moved_when_everybody_writes_it_and_gives_up_when_they_never_stop() -> None:
    engine = Engine()
    engine.add_devices(1)

    async def whole() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        move = engine.runs.move

        async def contended(run: Any, version: Any) -> Any:
            return await move(run, object())

        engine.runs.move = contended  # type: ignore[method-assign]
        engine.sender.answer = lambda _: Outcome(Kind.MISCONFIGURED, "PERMISSION_DENIED")
        with pytest.raises(Unavailable):
            await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1))
        engine.runs.move = move  # type: ignore[method-assign]
        assert await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1)) is Answer.DONE

    asyncio.run(whole())


def test_what_a_dead_worker_of_a_cancelled_run_had_begun_is_counted_as_unknown() -> None:
    engine = Engine()
    engine.add_devices(2 * PAGE_SIZE)
    engine.audience.estimates = NO_CANARY

    async def die_cancelled() -> None:
        if engine.sender.sent:
            await end_run(engine.run(), State.CANCELLED, "asked to", runs=engine.runs)
            raise ProcessDied

    async def whole() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.sender.before = die_cancelled
        with pytest.raises(ProcessDied):
            await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1))
        engine.clock.pass_ms(WATCH_MS)
        await engine.sweep()

    asyncio.run(whole())
    assert (counts(engine)["accepted"], counts(engine)["unknown"]) == (PAGE_SIZE, PAGE_SIZE)
    assert engine.run().reasons == {WORKER_DIED: PAGE_SIZE}


def test_a_page_that_takes_long_is_waited_for_before_a_cancelled_run_is_summed_up() -> None:
    engine = Engine()
    engine.add_devices(PAGE_SIZE)

    async def cancelled_and_swept() -> None:
        await end_run(engine.run(), State.CANCELLED, "asked to", runs=engine.runs)
        engine.clock.pass_ms(WATCH_MS)
        # The worker is alive and renews its lease.
        ((held,),) = [page async for page in engine.ledger.open("r" * 24)]
        await engine.ledger.commit(Commit(held.value), held.version)
        assert await engine.sweep() == 1
        assert engine.run().counts is None
        engine.ledger.shards["r" * 24, "0"] = (held.value, held.version, engine.clock.now())

    async def whole() -> None:
        engine.sender.before = cancelled_and_swept
        await engine.accept()
        await engine.run_until_idle()
        engine.clock.pass_ms(WATCH_MS)
        assert await engine.sweep() == 1

    asyncio.run(whole())
    assert (counts(engine)["accepted"], counts(engine)["unknown"]) == (PAGE_SIZE, 0)


def test_a_process_that_was_paused_until_the_run_expired_sends_nothing_any_more() -> None:
    """It had been allowed its page before."""
    engine = Engine()
    engine.add_devices(3)

    async def whole() -> None:
        id = await engine.accept(aliases=["alias-0", "alias-1", "nobody"])
        entries = [e for found in await engine.audience.by_aliases(1, ["alias-0", "nobody"], ()) for e in found]
        run = engine.run(id)
        outcomes = await send_page(run, entries, sender=engine.sender, relay=None, now=run.expires_at)
        assert [outcome.kind for outcome in outcomes] == [Kind.EXPIRED, Kind.NO_DEVICE]

    asyncio.run(whole())
    assert engine.sender.sent == []


def test_the_log_says_how_many_answers_of_a_page_were_lost_and_how(capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine()
    engine.add_devices(600)
    engine.sender.answer = lambda token: Outcome(Kind.UNKNOWN, "TIMED_OUT") if number(token) % 200 == 0 else ACCEPTED
    play(engine)
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"answers-lost"' in line]
    assert sum(line["targets"] for line in told) == 3
    assert {code for line in told for code in line["codes"]} == {"TIMED_OUT"}
    assert all(line["run"] == "r" * 24 and line["page"] >= 1 for line in told)

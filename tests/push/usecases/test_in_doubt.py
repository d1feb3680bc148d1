"""Who may have got the message and is to be tried again: when the run ends before that, nobody knows."""

import asyncio
from typing import Any

import pytest

from fakes.audience import NO_CANARY
from fakes.engine import LEASE_S, Engine, ProcessDied
from push.domain.budget import Budget
from push.domain.device import Platform
from push.domain.errors import Stale
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.domain.pace import Ramp
from push.domain.page import NOT_TRIED_AGAIN, Leftover
from push.domain.run import WATCH_MS
from push.domain.schedule import OnUnknown, State
from push.domain.shard import PAGE_SIZE, WORKER_DIED
from push.ports import Commit
from push.usecases import close_shards as closing
from push.usecases import read_shard
from push.usecases.halt_run import halt_run
from push.usecases.move_run import end_run
from push.usecases.tasks import Answer, Task

ID = "r" * 24
LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)
LOST = Outcome(Kind.UNKNOWN, "TIMED_OUT")


def counts(engine: Engine) -> dict[str, int]:
    return {kind: count for kind, count in (engine.run().counts or {}).items() if count}


async def call(engine: Engine, shard: str = "0") -> Answer:
    return await engine.call("deliver", Task(v=1, id=f"{ID}/{shard}", epoch=engine.run().epoch))


async def die() -> None:
    raise ProcessDied


async def started(engine: Engine, **accept: Any) -> None:
    await engine.accept(**accept)
    await engine.call("send", Task(v=1, id=ID, epoch=1))


async def dies(engine: Engine, shard: str = "0") -> None:
    """A worker, with its first page, which FCM may have taken; the lease is over."""
    engine.sender.slow = die
    with pytest.raises(ProcessDied):
        await call(engine, shard)
    engine.sender.slow = None
    engine.clock.pass_ms(int(1_000 * LEASE_S) + 1)


async def inherited(engine: Engine, **accept: Any) -> None:
    engine.audience.estimates = NO_CANARY
    await started(engine, **accept)
    await dies(engine)


async def halt_ios(engine: Engine) -> None:
    run, version = engine.runs.stored[ID][:2]
    await engine.runs.move(run.model_copy(update={"halted_renderings": (Platform.IOS.value,)}), version)


async def end(engine: Engine, state: State = State.CANCELLED) -> None:
    await end_run(engine.run(), state, "asked to", runs=engine.runs)
    await summed_up(engine)


async def summed_up(engine: Engine) -> None:
    engine.clock.pass_ms(WATCH_MS)
    await engine.sweep()


def put_off(*tokens: int) -> Any:
    return lambda token: LATER if token in {f"token-{n}" for n in tokens} else ACCEPTED


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED])
def test_who_is_put_off_from_an_inherited_page_is_unknown_when_the_run_ends(state: State) -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = put_off(3, 4, 5)
        assert await call(engine) is Answer.DONE
        await end(engine, state)

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 40, "failed": 3, "accepted": 37, "unknown": 3}
    assert engine.run().reasons == {NOT_TRIED_AGAIN: 3}
    failures = {f.device: (f.kind, f.code, f.platform) for f in engine.ledger.failures_kept.values()}
    assert failures == {engine.devices[n].id: ("unknown", NOT_TRIED_AGAIN, "android") for n in (3, 4, 5)}


def test_who_was_never_handed_to_fcm_and_is_put_off_was_not_targeted() -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        await started(engine)
        engine.sender.answer = put_off(3)
        await call(engine)
        await end(engine)

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 39, "accepted": 39}


def test_a_lost_answer_that_was_to_be_sent_again_is_unknown_when_the_run_ends() -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        await started(engine, on_unknown=OnUnknown.RESEND)
        engine.sender.answer = lambda token: {"token-3": LOST, "token-4": LATER}.get(token, ACCEPTED)
        await call(engine)
        await end(engine)

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 39, "failed": 1, "accepted": 38, "unknown": 1}


def test_only_those_are_unknown_whom_no_later_attempt_has_cleared() -> None:
    """Leftovers of an inherited page, two pages of them; the second is left, and a third is put off once more."""
    engine = Engine()
    engine.add_devices(PAGE_SIZE + 200)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = lambda _: LATER
        await call(engine)
        # Those of the inherited page come first in the list.
        left = engine.ledger.lists[ID, "0-0"]
        assert left == tuple(Leftover(each.key, n < PAGE_SIZE) for n, each in enumerate(left))
        first = left[0].key
        tokens = {e.target.value: e.key for e in engine.audience._matching(1, ()) if e.target}
        engine.sender.answer = lambda token: LATER if tokens[token] == first else ACCEPTED
        pages = 0

        async def cancel_in_the_first() -> None:
            nonlocal pages
            pages += 1
            await end_run(engine.run(), State.CANCELLED, "asked to", runs=engine.runs)

        engine.clock.pass_ms(60_000)
        engine.sender.slow = cancel_in_the_first
        await call(engine, "0-0")
        assert pages == 1
        await summed_up(engine)

    asyncio.run(whole())
    # Of the 500 in doubt 499 were accepted at last; the 200 others were never taken by FCM.
    assert counts(engine) == {"targeted": PAGE_SIZE, "failed": 1, "accepted": PAGE_SIZE - 1, "unknown": 1}


def test_leftovers_that_nobody_came_to_are_unknown_as_far_as_they_were_in_doubt() -> None:
    engine = Engine()
    engine.add_devices(PAGE_SIZE + 200)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = lambda _: LATER
        await call(engine)
        await end(engine)
        again = engine.run().counts
        await engine.runs.put_off(ID, engine.clock.now(), engine.runs.stored[ID][1])
        await engine.sweep()
        assert engine.run().counts == again

    asyncio.run(whole())
    assert counts(engine) == {"targeted": PAGE_SIZE, "failed": PAGE_SIZE, "unknown": PAGE_SIZE}


def test_a_page_of_leftovers_that_is_open_at_the_end_is_counted_once() -> None:
    engine = Engine()
    engine.add_devices(PAGE_SIZE + 200)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = lambda _: LATER
        await call(engine)
        engine.clock.pass_ms(60_000)
        engine.sender.slow = die
        with pytest.raises(ProcessDied):
            await call(engine, "0-0")
        await end(engine)

    asyncio.run(whole())
    assert counts(engine)["unknown"] == PAGE_SIZE
    assert [each.value.worker for each in engine.ledger.all(ID)] == [None, None]


def test_a_halted_run_keeps_its_doubts_until_it_is_resumed() -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = put_off(3)
        await call(engine)
        await halt_run(engine.run(), [Outcome(Kind.MISCONFIGURED, "SENDER_REFUSED")], runs=engine.runs)
        assert engine.run().state is State.HALTED
        await summed_up(engine)
        assert counts(engine) == {"targeted": 39, "accepted": 39}
        engine.clock.time = engine.run().expires_at
        await engine.sweep()
        await summed_up(engine)

    asyncio.run(whole())
    assert engine.run().state is State.EXPIRED
    assert counts(engine) == {"targeted": 40, "failed": 1, "accepted": 39, "unknown": 1}


def test_more_doubts_than_a_commit_takes_are_recorded_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """And if the last one is refused, all of it is done once more, and counted once."""
    monkeypatch.setattr(closing, "_FAILURES_A_COMMIT", 30)
    engine = Engine()
    engine.add_devices(100)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = lambda _: LATER
        await call(engine)
        store = engine.ledger.commit

        async def refused(commit: Commit, version: Any) -> Any:
            if commit.shard.done:
                raise Stale
            return await store(commit, version)

        engine.ledger.commit = refused  # type: ignore[method-assign]
        await end(engine)
        assert engine.run().counts is None
        engine.ledger.commit = store  # type: ignore[method-assign]
        before = len(engine.ledger.commits)
        await summed_up(engine)
        assert [len(each.failures) for each in engine.ledger.commits[before:]] == [30, 30, 30, 10]

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 100, "failed": 100, "unknown": 100}
    assert len(engine.ledger.failures_kept) == 100


def test_who_is_gone_by_then_is_on_record_by_key_alone() -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = put_off(3)
        await call(engine)
        del engine.devices[3]
        await end(engine)

    asyncio.run(whole())
    ((key, failure),) = engine.ledger.failures_kept.items()
    assert (failure.target, failure.platform, failure.code) == (key[1], "", NOT_TRIED_AGAIN)
    assert counts(engine)["unknown"] == 1


def test_an_inherited_page_is_sent_as_it_was_with_who_has_come_since() -> None:
    """Were it cut elsewhere, the rest of it would be taken for never begun when the run ends in between."""
    engine = Engine()
    engine.add_devices(2 * PAGE_SIZE)
    pages: list[set[str]] = []

    async def keep() -> None:
        pages.append({*engine.sender.targets})
        engine.sender.sent.clear()

    async def whole() -> None:
        await inherited(engine)
        await keep()
        engine.add_devices(PAGE_SIZE)
        engine.sender.slow = keep
        await call(engine)

    asyncio.run(whole())
    old, again, *rest = pages
    assert old < again
    assert sum(map(len, (again, *rest))) == len(set.union(again, *rest)) == 3 * PAGE_SIZE


def test_who_lies_behind_the_inherited_page_is_in_no_doubt() -> None:
    engine = Engine()
    engine.add_devices(PAGE_SIZE + 40)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = lambda _: LATER
        await call(engine)

    asyncio.run(whole())
    left = engine.ledger.lists[ID, "0-0"]
    assert (len(left), sum(each.in_doubt for each in left)) == (PAGE_SIZE + 40, PAGE_SIZE)


def test_an_alias_that_is_nobody_s_is_in_no_doubt() -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        await inherited(engine, aliases=["alias-1", "nobody", "alias-2"])
        await call(engine)

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 3, "failed": 1, "accepted": 2, "noSuchDevice": 1}


def test_what_was_halted_before_its_page_began_is_in_no_doubt() -> None:
    engine = Engine()
    engine.add_devices(20)
    engine.add_devices(20, Platform.IOS)

    async def whole() -> None:
        engine.audience.estimates = NO_CANARY
        await started(engine)
        await halt_ios(engine)
        await dies(engine)
        engine.sender.answer = put_off(3)
        await call(engine)
        await end(engine)

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 40, "failed": 21, "accepted": 19, "rejected": 20, "unknown": 1}


def test_a_doubt_of_before_outlives_a_page_that_was_halted() -> None:
    engine = Engine()
    engine.add_devices(20)
    engine.add_devices(20, Platform.IOS)

    async def whole() -> None:
        await inherited(engine)
        engine.sender.answer = put_off(3, 23)
        await call(engine)
        engine.clock.pass_ms(60_000)
        await halt_ios(engine)
        await dies(engine, "0-0")
        engine.sender.answer = put_off()
        await call(engine, "0-0")

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 40, "failed": 1, "accepted": 39, "unknown": 1}


def test_what_is_halted_after_its_page_began_is_in_doubt() -> None:
    engine = Engine()
    engine.add_devices(20)
    engine.add_devices(20, Platform.IOS)

    async def whole() -> None:
        await inherited(engine)
        await halt_ios(engine)
        await call(engine)

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 40, "failed": 20, "accepted": 20, "unknown": 20}


def test_who_went_away_after_an_open_page_is_unknown() -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        await inherited(engine)
        del engine.devices[3:5]
        # Whoever dies with it once more leaves as many.
        await dies(engine)
        await call(engine)

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 40, "failed": 2, "accepted": 38, "unknown": 2}
    assert engine.run().reasons == {WORKER_DIED: 2}


@pytest.mark.parametrize("others", [0, 40])
def test_a_page_of_whom_all_went_away_is_unknown(others: int) -> None:
    engine = Engine()
    engine.add_devices(PAGE_SIZE + others)

    async def whole() -> None:
        await inherited(engine)
        sent = {*engine.sender.targets}
        engine.devices[:] = [each for each in engine.devices if each.targets[0].value not in sent]
        await call(engine)

    asyncio.run(whole())
    left = {"accepted": others} if others else {}
    assert counts(engine) == {"targeted": PAGE_SIZE + others, "failed": PAGE_SIZE, "unknown": PAGE_SIZE} | left


def test_a_leftover_that_went_away_after_its_open_page_is_unknown() -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        engine.audience.estimates = NO_CANARY
        await started(engine)
        engine.sender.answer = put_off(3, 4)
        await call(engine)
        engine.clock.pass_ms(60_000)
        engine.sender.answer = put_off()
        await dies(engine, "0-0")
        del engine.devices[3]
        await call(engine, "0-0")

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 40, "failed": 1, "accepted": 39, "unknown": 1}


def test_an_inherited_page_that_has_grown_is_not_kept_waiting_for_more_than_there_can_be() -> None:
    engine = Engine()
    engine.add_devices(2 * PAGE_SIZE)
    # A page is all that a bucket holds, and takes 50 s to come.
    engine.ramp = Ramp(600, 0, 0)
    engine.budget = Budget(engine.ramp, 1)

    async def whole() -> None:
        await inherited(engine)
        engine.add_devices(2 * PAGE_SIZE)
        await engine.run_until_idle()

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 4 * PAGE_SIZE, "accepted": 4 * PAGE_SIZE}


def test_a_page_that_has_grown_out_of_all_proportion_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_shard, "PAGE_SIZE", 10)
    engine = Engine()
    engine.add_devices(40)
    pages: list[int] = []

    async def keep() -> None:
        pages.append(len(engine.sender.targets) - sum(pages))

    async def whole() -> None:
        await inherited(engine)
        # It grows twice, and another worker dies in between.
        engine.add_devices(60)
        await dies(engine)
        engine.sender.sent.clear()
        engine.add_devices(1_000)
        engine.sender.slow = keep
        await call(engine)

    asyncio.run(whole())
    assert max(pages) <= 160
    assert len(pages) > 3
    assert (sum(pages), len({*engine.sender.targets})) == (1_100, 1_100)
    assert counts(engine) == {"targeted": 1_100, "accepted": 1_100}


def test_more_shards_than_one_call_has_time_for_are_closed_by_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "_A_CALL", 4)
    monkeypatch.setattr(closing, "_AT_ONCE", 2)
    engine = Engine()
    engine.add_devices(100)
    engine.audience.estimates = 400

    async def whole() -> None:
        await started(engine)
        await call(engine, "canary")
        engine.sender.slow = die
        for shard in range(engine.run().shards):
            with pytest.raises(ProcessDied):
                await call(engine, str(shard))
        await end_run(engine.run(), State.CANCELLED, "asked to", runs=engine.runs)
        closed = []
        while engine.run().counts is None:
            assert (engine.run().wake_at or 0) <= engine.clock.now() + WATCH_MS
            await summed_up(engine)
            assert engine.run().counts or (engine.run().wake_at or 0) > engine.clock.now()
            closed.append(sum(each.value.done for each in engine.ledger.all(ID)))
        # The canary was done before; each of the others died with its page. Pages of the ledger are of three.
        assert closed == [1 + 2 + 1 + 2, 1 + engine.run().shards]

    asyncio.run(whole())
    assert counts(engine)["targeted"] == 100


def test_skipped_pages_leave_no_doubts() -> None:
    engine = Engine()
    engine.add_devices(40)

    async def whole() -> None:
        await inherited(engine, on_unknown=OnUnknown.SKIP)
        await call(engine)

    asyncio.run(whole())
    assert counts(engine) == {"targeted": 40, "failed": 40, "unknown": 40}

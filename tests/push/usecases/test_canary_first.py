"""A broadcast of more than a thousand: 1 % goes first and alone, and says whether the rest may follow."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from fakes.engine import LEASE_S, Engine
from push.domain.canary import CANARY
from push.domain.device import Platform
from push.domain.errors import Unavailable
from push.domain.outcome import ACCEPTED, QUOTA_EXCEEDED, SENDER_ID_MISMATCH, Kind, Outcome
from push.domain.page import NOT_TRIED_AGAIN
from push.domain.run import WATCH_MS
from push.domain.schedule import OnUnknown, State
from push.domain.shard import WORKER_DIED, Shard, Source
from push.usecases import watch_canary
from push.usecases.tasks import Answer, Task

ID = "r" * 24
PHONES = 2_000
REJECTED = Outcome(Kind.REJECTED, "INVALID_ARGUMENT")
REFUSED = Outcome(Kind.MISCONFIGURED, "PERMISSION_DENIED")
DEAD = Outcome(Kind.DEAD, "UNREGISTERED")
LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)
UNKNOWN = Outcome(Kind.UNKNOWN, "TIMED_OUT")


class ProcessDied(BaseException):
    """As kill -9 would: no handler of ours runs after it."""


def crowd(phones: int = PHONES, estimate: int = PHONES) -> Engine:
    engine = Engine()
    engine.add_devices(phones)
    engine.audience.estimates = estimate // 256
    return engine


def play(engine: Engine, **accept: Any) -> None:
    async def whole() -> None:
        await engine.accept(**accept)
        await engine.run_until_idle()

    asyncio.run(whole())


def canary(engine: Engine) -> set[str]:
    bound = engine.run().canary
    return {entry.target.value for entry in engine.audience._matching(1, ()) if entry.target and entry.key < bound}


def test_the_canary_goes_first_and_alone_and_then_everybody_else_each_once() -> None:
    engine = crowd()
    play(engine)
    first = canary(engine)
    assert 60 < len(first) < 150
    assert set(engine.sender.targets[: len(first)]) == first
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(PHONES))
    assert (engine.run().state, (engine.run().counts or {})["accepted"]) == (State.SENT, PHONES)


@pytest.mark.parametrize("named", ["aliases", "users"])
def test_lists_have_no_canary_since_their_first_names_are_no_sample(named: str) -> None:
    engine = crowd(1_500)
    engine.give("ann", *range(1_500))
    play(engine, **{named: ["ann"] if named == "users" else [device.alias for device in engine.devices]})
    assert engine.run().canary == ""
    assert engine.run().state is State.SENT


def test_a_broadcast_that_most_of_the_canary_rejects_is_halted_and_says_why() -> None:
    engine = crowd()
    engine.sender.answer = lambda token: ACCEPTED if token.endswith(("1", "2")) else REJECTED
    play(engine)
    tried = canary(engine)
    rejected = sum(not token.endswith(("1", "2")) for token in tried)
    assert engine.run().state is State.HALTED
    assert set(engine.sender.targets) == tried
    reason = engine.run().reason or ""
    assert reason == (engine.runs.schedules[ID].reason or "")
    # 95 % of them decide.
    judged = int(reason.split(" phones")[0].rpartition(" ")[2])
    assert 0.94 * len(tried) < judged <= len(tried)
    assert 0.9 * rejected < int(reason.split("rejected ")[1].split()[0]) <= rejected
    assert "(INVALID_ARGUMENT)" in reason
    assert "resume" in reason


def test_the_first_page_that_nobody_is_accepted_of_spares_the_rest_of_a_large_canary() -> None:
    engine = crowd(10_000, 1_024)
    engine.sender.answer = lambda _: REJECTED
    play(engine)
    assert engine.run().state is State.HALTED
    assert len(engine.sender.sent) == 500 < len(canary(engine))
    assert engine.run().halted_renderings == ()


def test_an_app_that_names_another_firebase_project_does_not_lose_all_its_phones() -> None:
    """FCM calls each of them dead then: without a halt one broadcast would remove them all."""
    engine = crowd()
    engine.sender.answer = lambda _: Outcome(Kind.DEAD, SENDER_ID_MISMATCH)
    play(engine)
    assert engine.run().state is State.HALTED
    assert len(set(engine.sender.targets)) < 150
    assert "check the app's firebaseProject" in (engine.run().reason or "")


def test_one_platform_whose_rendering_is_bad_does_not_halt_the_others() -> None:
    engine = crowd(1_400)
    engine.add_devices(600, Platform.IOS)
    engine.sender.answer = lambda token: ACCEPTED if int(token.removeprefix("token-")) >= 1_400 else REJECTED
    play(engine)
    assert (engine.run().state, engine.run().halted_renderings) == (State.SENT, ("android",))
    assert (engine.run().counts or {})["accepted"] == 600


@pytest.mark.parametrize("answer", [DEAD, LATER, UNKNOWN], ids=lambda outcome: outcome.kind.value)
def test_what_says_nothing_of_the_message_does_not_halt_it(answer: Outcome) -> None:
    engine = crowd()
    first: set[str] = set()

    def decide(token: str) -> Outcome:
        again = token in first
        first.add(token)
        return ACCEPTED if again or not engine.run().awaits_canary else answer

    engine.sender.answer = decide
    play(engine)
    counts = engine.run().counts or {}
    assert (engine.run().state, counts["targeted"]) == (State.SENT, PHONES)
    assert counts["accepted"] >= PHONES - 150


def test_a_few_slow_answers_do_not_hold_the_broadcast() -> None:
    engine = crowd()
    went_on: list[bool] = []

    async def slow() -> None:
        await asyncio.sleep(0)
        for _ in range(50):
            await asyncio.sleep(0)
        went_on.append(not engine.run().awaits_canary)
        engine.sender.slow = None

    engine.sender.slow = slow
    play(engine)
    assert went_on == [True]
    assert engine.run().state is State.SENT


def test_a_misconfigured_project_is_not_taken_for_a_canary_that_passed() -> None:
    engine = crowd()
    seen: list[bool] = []

    async def slow() -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        seen.append(engine.run().awaits_canary)

    engine.sender.slow = slow
    engine.sender.answer = lambda _: REFUSED
    play(engine)
    assert seen == [True]
    assert engine.run().state is State.HALTED
    assert set(engine.sender.targets) == canary(engine)


@pytest.mark.parametrize("phones", [0, 3, 40])
def test_an_audience_that_is_smaller_than_estimated_is_sent_to_its_end(phones: int) -> None:
    engine = crowd(phones, 30_000)
    play(engine)
    assert (engine.run().state, len(engine.sender.sent)) == (State.SENT, phones)


@pytest.mark.parametrize("when", ["before", "slow"])
@pytest.mark.parametrize("on_unknown", [None, OnUnknown.SKIP], ids=["resend", "skip"])
def test_a_worker_that_dies_over_the_canary_is_followed_by_another_that_decides(
    when: str, on_unknown: OnUnknown | None
) -> None:
    engine = crowd()

    async def die() -> None:
        engine.sender.before = engine.sender.slow = None
        raise ProcessDied

    setattr(engine.sender, when, die)

    async def whole() -> None:
        await engine.accept(on_unknown=on_unknown)
        await engine.call("send", Task(v=1, id=ID, epoch=1))
        with pytest.raises(ProcessDied):
            await engine.call("deliver", Task(v=1, id=f"{ID}/{CANARY}", epoch=1))
        engine.clock.pass_ms(int(LEASE_S * 1_000) + 1)
        await engine.run_until_idle()

    asyncio.run(whole())
    counts = engine.run().counts or {}
    assert (engine.run().state, counts["targeted"]) == (State.SENT, PHONES)
    assert set(engine.sender.targets) >= {f"token-{n}" for n in range(PHONES)} - canary(engine)


def test_when_the_task_that_hands_out_the_rest_is_lost_sweep_hands_it_out() -> None:
    engine = crowd()
    send = engine.tasks.send

    async def lost(*_: Any) -> None:
        raise Unavailable("Cloud Tasks does not answer")

    async def whole() -> None:
        await engine.accept()
        engine.tasks.send = lost  # type: ignore[method-assign, assignment]
        await engine.run_until_idle()
        engine.tasks.send = send  # type: ignore[method-assign]
        assert set(engine.sender.targets) == canary(engine)
        engine.clock.pass_ms(WATCH_MS + 1)
        assert await engine.sweep() == 1
        await engine.run_until_idle()

    asyncio.run(whole())
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(PHONES))
    assert engine.run().state is State.SENT


def test_when_the_canarys_task_is_lost_sweep_makes_it_again_and_none_of_the_others() -> None:
    engine = crowd()

    async def whole() -> None:
        await engine.accept()
        engine.tasks.lose = True
        await engine.call("send", Task(v=1, id=ID, epoch=1))
        engine.tasks.lose = False
        engine.tasks.queue.clear()
        engine.clock.pass_ms(WATCH_MS + 1)
        assert await engine.sweep() == 1
        assert [task.id for _, _, _, task in engine.tasks.queue] == [f"{ID}/{CANARY}"]
        await engine.run_until_idle()

    asyncio.run(whole())
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(PHONES))


def test_a_store_that_fails_at_the_decision_costs_another_try_and_nobody_a_notification() -> None:
    engine = crowd()
    move, failures = engine.runs.move, 0

    async def flaky(run: Any, version: Any) -> Any:
        nonlocal failures
        if run.released_at and not failures:
            failures += 1
            raise Unavailable("Firestore does not answer")
        return await move(run, version)

    engine.runs.move = flaky  # type: ignore[method-assign]
    play(engine)
    assert failures == 1
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(PHONES))
    assert engine.run().state is State.SENT


def test_a_repeated_send_hands_out_no_more_than_the_canary() -> None:
    engine = crowd()

    async def whole() -> None:
        await engine.accept()
        for _ in range(3):
            await engine.call("send", Task(v=1, id=ID, epoch=1))
        assert len([task for *_, task in engine.tasks.queue if task.shard]) == 1
        assert await engine.call("deliver", Task(v=1, id=f"{ID}/0", epoch=1)) is Answer.DONE
        assert engine.sender.sent == []

    asyncio.run(whole())


def test_a_worker_that_comes_too_late_does_not_halt_what_has_passed() -> None:
    """It was paused past its lease over the canary; another had it accepted, and the rest is under way."""
    engine = crowd()
    paused, late = asyncio.Event(), asyncio.Event()

    async def pause() -> None:
        engine.sender.before = None
        paused.set()
        await late.wait()

    async def whole() -> None:
        await engine.accept()
        await engine.call("send", Task(v=1, id=ID, epoch=1))
        engine.sender.before = pause
        task = Task(v=1, id=f"{ID}/{CANARY}", epoch=1)
        first = asyncio.create_task(engine.call("deliver", task))
        await paused.wait()
        engine.clock.pass_ms(int(LEASE_S * 1_000) + 1)
        assert await engine.call("deliver", task) is Answer.DONE
        assert not engine.run().awaits_canary
        engine.sender.answer = lambda _: REJECTED
        late.set()
        assert await first is Answer.BUSY
        assert engine.run().state is State.SENDING
        engine.sender.answer = lambda _: ACCEPTED
        await engine.run_until_idle()

    asyncio.run(whole())
    assert engine.run().state is State.SENT


def test_an_audience_of_little_more_than_a_thousand_has_a_canary_of_a_hundred() -> None:
    """A slice of it holds four on average, and twice as many here and there."""
    engine = Engine()
    engine.add_devices(1_100)
    engine.audience.in_a_slice = 12
    play(engine)
    assert 70 < len(canary(engine)) < 140
    assert engine.run().estimate == 1_100


@pytest.mark.parametrize("ends", [False, True], ids=["refused for quota", "given up by a process that ends"])
def test_a_canary_that_fcm_has_said_nothing_of_does_not_pass_before_it_is_tried_again(ends: bool) -> None:
    engine = crowd()
    first: set[str] = set()

    def decide(token: str) -> Outcome:
        again = token in first or ends
        first.add(token)
        return REJECTED if again else Outcome(Kind.RETRY, QUOTA_EXCEEDED, 60)

    async def end() -> None:
        engine.sender.before = None
        engine.stopping = True
        engine.sender.give_up()

    async def whole() -> None:
        await engine.accept()
        await engine.call("send", Task(v=1, id=ID, epoch=1))
        engine.sender.answer = decide
        if ends:
            engine.sender.before = end
            await engine.call("deliver", Task(v=1, id=f"{ID}/{CANARY}", epoch=1))
            engine.stopping = engine.sender.given_up = False
        await engine.run_until_idle()

    asyncio.run(whole())
    assert engine.run().state is State.HALTED
    assert "The canary: FCM rejected" in (engine.run().reason or "")
    assert set(engine.sender.targets) == canary(engine)


def test_a_canary_that_is_put_off_until_it_is_given_up_holds_the_others_no_longer() -> None:
    engine = crowd()
    engine.sender.answer = lambda _: LATER if engine.run().awaits_canary else ACCEPTED
    play(engine)
    counts = engine.run().counts or {}
    assert (engine.run().state, counts["targeted"]) == (State.SENT, PHONES)
    assert counts["expired"] == len(canary(engine))


def test_what_a_worker_took_along_is_not_taken_for_what_fcm_says() -> None:
    """Its page is unknown, and so is who was in doubt and halted since; FCM has rejected the others all the same."""
    reasons = {"INVALID_ARGUMENT": 30, WORKER_DIED: 40, NOT_TRIED_AGAIN: 50, "HALTED": 20}
    shard = Shard(
        id=CANARY, run=ID, planned=True, source=Source.RANGE, due_at=0, counts={"rejected": 50, "unknown": 90},
        reasons=reasons,
    )  # fmt: skip
    assert watch_canary._rejected_before(shard) == {"INVALID_ARGUMENT": 30}

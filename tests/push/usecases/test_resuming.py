"""Halted, a run waits until it is resumed, cancelled, or expires; resumed, everybody gets it who had not."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.engine import LEASE_S, Engine
from fakes.made import device, run
from fakes.statistics import FakeStatistics
from push.domain.device import Platform
from push.domain.outcome import ACCEPTED, APNS_OR_WEB_CREDENTIAL, Kind, Outcome
from push.domain.page import Entry
from push.domain.results import day_of
from push.domain.run import WATCH_MS
from push.domain.schedule import DAY_MS, OnUnknown, State
from push.domain.shard import Source
from push.usecases.arm_run import arm_again
from push.usecases.move_run import ended
from push.usecases.resume_schedule import resumed
from push.usecases.send_page import HaltWatch
from push.usecases.tasks import Task

ID = "r" * 24
REFUSED = Outcome(Kind.MISCONFIGURED, "PERMISSION_DENIED")
REJECTED = Outcome(Kind.REJECTED, "INVALID_ARGUMENT")
LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)


class ProcessDied(BaseException):
    """As kill -9 would: no handler of ours runs after it."""


def play(engine: Engine, **accept: Any) -> None:
    async def whole() -> None:
        await engine.accept(**accept)
        await engine.run_until_idle()

    asyncio.run(whole())


async def resume(engine: Engine) -> None:
    """As the use case does."""
    run, version, _ = engine.runs.stored[ID]
    assert run.state is State.HALTED
    run = resumed(run, engine.clock.now())
    await engine.runs.move(run, version)
    await arm_again(run, tasks=engine.tasks)


def go_on(engine: Engine) -> None:
    async def whole() -> None:
        await resume(engine)
        await engine.run_until_idle()

    asyncio.run(whole())


def counts(engine: Engine) -> Any:
    return engine.run().counts or {}


def look(engine: Engine, ms: int = WATCH_MS) -> int:
    engine.clock.pass_ms(ms)
    return asyncio.run(engine.sweep())


def test_whom_a_misconfigured_project_was_refused_for_gets_it_when_it_is_mended() -> None:
    engine = Engine()
    engine.add_devices(700)
    engine.sender.answer = lambda token: ACCEPTED if token.endswith("7") else REFUSED
    play(engine)
    first = Counter(engine.sender.targets)
    assert engine.run().state is State.HALTED
    reason = engine.run().reason or ""
    refused = sum(not token.endswith("7") for token in first)
    assert f"{refused} phones" in reason
    assert all(said in reason for said in ("demo", "PERMISSION_DENIED", "enabled", "role", "resume"))
    assert look(engine) == 1
    # Who waits has no outcome: not one of them is called failed.
    assert (counts(engine)["targeted"], counts(engine)["failed"]) == (len(first) - refused, 0)
    engine.sender.sent.clear()
    engine.sender.answer = lambda _: ACCEPTED
    go_on(engine)
    assert set(engine.sender.targets) == {f"token-{n}" for n in range(700)} - {t for t in first if t.endswith("7")}
    assert max(Counter(engine.sender.targets).values()) == 1
    assert (engine.run().state, engine.run().reason, counts(engine)["accepted"]) == (State.SENT, None, 700)


def test_a_broadcast_halted_by_its_canary_goes_to_the_others_without_one() -> None:
    engine = Engine()
    engine.add_devices(2_000)
    engine.sender.answer = lambda _: REJECTED
    play(engine)
    tried = set(engine.sender.targets)
    assert 50 < len(tried) < 150
    look(engine)
    engine.sender.sent.clear()
    engine.sender.answer = lambda token: REJECTED if token.endswith("3") else ACCEPTED
    go_on(engine)
    assert Counter(engine.sender.targets) == Counter({f"token-{n}" for n in range(2_000)} - tried)
    assert (engine.run().state, counts(engine)["targeted"]) == (State.SENT, 2_000)
    assert counts(engine)["rejected"] == len(tried) + sum(token.endswith("3") for token in engine.sender.targets)


def test_a_rendering_that_was_halted_is_tried_again_after_a_resumption() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = lambda _: REFUSED
    play(engine)
    run, version, _ = engine.runs.stored[ID]
    halted = run.model_copy(update={"halted_renderings": ("android",)})
    engine.runs.stored[ID] = (halted, version, 0)
    engine.sender.answer = lambda _: ACCEPTED
    go_on(engine)
    assert counts(engine)["accepted"] == 3


def test_a_platform_without_its_credential_halts_itself_and_not_the_run() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.add_devices(2, Platform.IOS)
    without = Outcome(Kind.MISCONFIGURED, APNS_OR_WEB_CREDENTIAL)
    engine.sender.answer = lambda token: without if token in ("token-3", "token-4") else ACCEPTED
    play(engine)
    assert (engine.run().state, engine.run().halted_renderings) == (State.SENT, ("ios",))
    assert (counts(engine)["accepted"], counts(engine)["misconfigured"]) == (3, 2)


def test_leftovers_wait_out_a_halt_however_long_it_lasts() -> None:
    """An hour after the first try FCM wants retries to end; the time for which nothing was tried does not count."""
    engine = Engine()
    engine.add_devices(600)
    tries: Counter[str] = Counter()

    def decide(token: str) -> Outcome:
        tries[token] += 1
        first = {0: LATER, 1: REFUSED}.get(int(token[6:]) % 5, ACCEPTED)
        return first if tries[token] == 1 else LATER if tries[token] == 2 and first is LATER else ACCEPTED

    engine.sender.answer = decide
    play(engine)
    assert engine.run().state is State.HALTED
    engine.clock.pass_ms(5 * 3_600_000)
    look(engine)
    engine.sender.answer = decide
    asyncio.run(resume_to_the_end(engine))
    assert counts(engine)["accepted"] == 600


async def resume_to_the_end(engine: Engine, patience: int = 20) -> None:
    for _ in range(patience):
        if engine.run().state is not State.HALTED:
            return
        await resume(engine)
        await engine.run_until_idle()
    raise AssertionError("halted again and again")


@settings(max_examples=25)
@given(
    devices=st.integers(1, 1_300),
    refusals=st.lists(st.integers(1, 12), max_size=3),
    deaths=st.lists(st.integers(1, 12), max_size=2),
    later=st.integers(0, 2),
)
def test_whatever_halts_and_dies_everybody_gets_it_once_in_the_end(
    devices: int, refusals: list[int], deaths: list[int], later: int
) -> None:
    engine = Engine()
    engine.add_devices(devices)
    pages = 0
    taken: Counter[str] = Counter()
    tries: Counter[str] = Counter()

    async def page() -> None:
        nonlocal pages
        pages += 1
        if pages in deaths:
            raise ProcessDied

    def answer(token: str) -> Outcome:
        tries[token] += 1
        if pages in refusals and int(token[6:]) % 3:
            return REFUSED
        if int(token[6:]) % 4 < later and tries[token] == 1:
            return LATER
        taken[token] += 1
        return ACCEPTED

    engine.sender.before = page
    engine.sender.answer = answer

    async def whole() -> None:
        await engine.accept(on_unknown=OnUnknown.RESEND)
        for _ in range(30):
            try:
                await engine.run_until_idle()
                await resume_to_the_end(engine)
                if engine.run().state is State.SENT:
                    return
            except ProcessDied:
                engine.tasks.names.clear()
            engine.clock.pass_ms(int(LEASE_S * 1000) + 2 * WATCH_MS)
            await engine.sweep()

    asyncio.run(whole())
    assert engine.run().state is State.SENT
    assert counts(engine)["accepted"] == counts(engine)["targeted"] == devices
    # It dies before the page is handed over, so nothing is doubled at all.
    assert taken == Counter(f"token-{n}" for n in range(devices))


def test_a_worker_whose_page_was_open_when_it_was_resumed_does_not_halt_it_again() -> None:
    engine = Engine()
    engine.add_devices(3)

    async def halted_and_resumed() -> None:
        engine.sender.slow = None
        run, version, _ = engine.runs.stored[ID]
        await engine.runs.move(ended(run, State.HALTED, "by another worker", engine.clock.now()), version)
        engine.clock.pass_ms(1)
        await resume(engine)
        engine.sender.answer = lambda _: ACCEPTED

    engine.sender.answer = lambda _: REFUSED
    engine.sender.slow = halted_and_resumed
    play(engine)
    assert (engine.run().state, counts(engine)["accepted"]) == (State.SENT, 3)


def test_who_was_rejected_before_a_resumption_halts_no_rendering_after_it() -> None:
    """The canary's worker has halted the run, and is still to say of the rendering that nobody takes it."""
    engine = Engine()
    engine.add_devices(2_000)
    engine.sender.answer = lambda _: REJECTED
    sums = engine.ledger.sums
    before: list[str] = []

    async def once_it_is_resumed(run: str) -> Any:
        if engine.run().state is State.HALTED and not before:
            before.extend(engine.sender.targets)
            engine.clock.pass_ms(1)
            await resume(engine)
            engine.sender.answer = lambda _: ACCEPTED
        return await sums(run)

    engine.ledger.sums = once_it_is_resumed  # type: ignore[method-assign]
    play(engine)
    assert 50 < len(before) < 150
    assert (engine.run().state, engine.run().halted_renderings) == (State.SENT, ())
    assert counts(engine)["accepted"] == 2_000 - len(before)


def test_a_worker_that_goes_on_after_a_resumption_judges_renderings_anew() -> None:
    watch = HaltWatch(Source.RANGE)

    def rejected(first: int, resumed_at: int | None) -> set[Platform]:
        phones = [device(number, f"token-{number}") for number in range(first, first + 19)]
        entries = [Entry(phone.id, phone.id, phone.targets[0]) for phone in phones]
        return watch.see(run(resumed_at=resumed_at), entries, [REJECTED] * 19)

    assert rejected(0, None) == set()
    assert rejected(19, 1) == set()
    assert rejected(38, 1) == {Platform.ANDROID}


def test_a_resumption_whose_task_is_lost_is_picked_up_by_sweep() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = lambda _: REFUSED
    play(engine)
    engine.sender.answer = lambda _: ACCEPTED
    engine.tasks.lose = True
    go_on(engine)
    engine.tasks.lose = False

    async def whole() -> None:
        engine.clock.pass_ms(WATCH_MS + 1)
        assert await engine.sweep() == 1
        await engine.run_until_idle()

    asyncio.run(whole())
    assert (engine.run().state, counts(engine)["accepted"]) == (State.SENT, 3)


def test_tasks_of_before_the_halt_do_nothing_after_it() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = lambda _: REFUSED
    play(engine)

    async def whole() -> None:
        await resume(engine)
        sent = len(engine.sender.sent)
        await engine.call("send", Task(v=1, id=ID, epoch=1))
        await engine.call("deliver", Task(v=1, id=f"{ID}/0", epoch=1))
        assert len(engine.sender.sent) == sent

    asyncio.run(whole())


def test_what_nobody_resumes_expires_and_still_says_why_it_was_halted() -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = lambda token: ACCEPTED if token == "token-1" else REFUSED
    play(engine)
    assert look(engine) == 1
    assert look(engine, DAY_MS) == 1
    assert engine.run().state is State.EXPIRED
    assert "expired while it was halted. FCM refused 2 phones" in (engine.run().reason or "")
    assert (look(engine), look(engine, DAY_MS)) == (1, 0)
    assert counts(engine)["accepted"] == 1


@pytest.mark.parametrize("way", ["resumed", "expired"])
def test_a_halted_run_counts_on_the_day_that_it_really_ends_and_once(way: str) -> None:
    engine = Engine()
    engine.add_devices(2)
    engine.sender.answer = lambda token: ACCEPTED if token == "token-1" else REFUSED
    statistics = FakeStatistics(engine.clock, engine.runs)

    def runs_on(day: str) -> int:
        (totals,) = asyncio.run(statistics.days(1, [day]))
        return totals.runs

    play(engine, lives_ms=3 * DAY_MS)
    halted_on = day_of(engine.clock.now())
    look(engine)
    assert runs_on(halted_on) == 0
    engine.sender.answer = lambda _: ACCEPTED
    if way == "resumed":
        engine.clock.pass_ms(DAY_MS)
        go_on(engine)
    else:
        look(engine, 3 * DAY_MS)
        look(engine)
    assert engine.run().state is (State.SENT if way == "resumed" else State.EXPIRED)
    assert (runs_on(halted_on), runs_on(day_of(engine.clock.now()))) == (0, 1)

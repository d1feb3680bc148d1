"""What a run does to phones, and what it says of it, on fakes: the promises of the README."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.audience import NO_CANARY
from fakes.engine import LEASE_S, Engine, ProcessDied
from fakes.statistics import FakeStatistics
from push.domain.device import STALE_MS, Platform
from push.domain.errors import Unavailable
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.domain.page import GAVE_UP
from push.domain.results import day_of
from push.domain.run import WATCH_MS
from push.domain.schedule import OnUnknown, State
from push.domain.shard import PAGE_SIZE
from push.usecases.move_run import end_run, ended
from push.usecases.tasks import Answer, Task

DEAD = Outcome(Kind.DEAD, "UNREGISTERED")
REJECTED = Outcome(Kind.REJECTED, "INVALID_ARGUMENT")
LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)


def played(engine: Engine, **accept: object) -> None:
    async def play() -> None:
        await engine.accept(**accept)  # type: ignore[arg-type]
        await engine.run_until_idle()

    asyncio.run(play())


def test_a_broadcast_reaches_every_phone_once() -> None:
    engine = Engine()
    engine.add_devices(1_203)
    played(engine)
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(1_203))
    assert engine.run().state is State.SENT
    assert engine.run().counts == {**dict.fromkeys(engine.run().counts or {}, 0), "targeted": 1_203, "accepted": 1_203}


def test_the_schedule_mirrors_the_run() -> None:
    engine = Engine()
    engine.add_devices(3)
    played(engine)
    schedule = engine.runs.schedules["r" * 24]
    assert (schedule.state, schedule.counts) == (State.SENT, engine.run().counts)


def test_a_large_audience_is_cut_into_shards_that_do_not_overlap() -> None:
    engine = Engine()
    engine.add_devices(500)
    engine.audience.estimates = 400  # a slice of 1/256, so about 100,000
    played(engine)
    assert engine.run().shards == 6
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(500))


def test_aliases_reach_their_devices_and_nobody_else() -> None:
    engine = Engine()
    engine.add_devices(10)
    played(engine, aliases=["alias-3", "nobody", "alias-7"])
    assert sorted(engine.sender.targets) == ["token-3", "token-7"]
    assert (engine.run().counts or {})["noSuchDevice"] == 1
    (failure,) = engine.ledger.failures_kept.values()
    assert (failure.device, failure.named) == ("", "nobody")


def test_tags_narrow_aliases() -> None:
    engine = Engine()
    engine.add_devices(2, tags=["a"])
    engine.add_devices(2, tags=["b"])
    played(engine, aliases=[f"alias-{n}" for n in range(4)], groups=(("b",),))
    assert sorted(engine.sender.targets) == ["token-2", "token-3"]


def test_users_reach_all_of_their_devices_once_each_and_nobody_else() -> None:
    engine = Engine()
    engine.add_devices(10)
    engine.give("ann", 1, 3, 5, 7)
    engine.give("bob", 2)
    played(engine, users=["bob", "nobody", "ann"])
    assert sorted(engine.sender.targets) == [f"token-{n}" for n in (1, 2, 3, 5, 7)]
    assert (engine.run().counts or {})["noSuchDevice"] == 1


def test_tags_narrow_users() -> None:
    engine = Engine()
    engine.add_devices(2, tags=["a"])
    engine.add_devices(2, tags=["b"])
    engine.give("ann", 0, 2)
    engine.give("bob", 1)
    played(engine, users=["ann", "bob"], groups=(("b",),))
    assert engine.sender.targets == ["token-2"]
    assert (engine.run().counts or {})["targeted"] == 1


def test_a_user_of_more_devices_than_a_page_holds_gets_each_once_whoever_ends_in_between() -> None:
    engine = Engine()
    engine.add_devices(1_300)
    engine.give("ann", *range(2, 1_300))
    engine.give("bob", 1)

    async def sigterm() -> None:
        engine.stopping = True

    async def play() -> None:
        await engine.accept(users=["bob", "ann", "nobody"])
        await engine.call("send", Task(v=1, id="r" * 24, epoch=1))
        engine.sender.before = sigterm
        assert await engine.call("deliver", Task(v=1, id=f"{'r' * 24}/0", epoch=1)) is Answer.BUSY
        assert 0 < len(engine.sender.targets) < 1_299
        engine.stopping, engine.sender.before = False, None
        await engine.run_until_idle()

    asyncio.run(play())
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(1, 1_300))


def test_a_list_longer_than_one_document_is_sent_to_its_end() -> None:
    engine = Engine()
    engine.add_devices(2_345)
    played(engine, aliases=[device.alias for device in engine.devices])
    assert engine.run().shards == 3
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(2_345))


def test_nothing_is_sent_before_its_time() -> None:
    engine = Engine()
    engine.add_devices(1)

    async def play() -> None:
        id = await engine.accept(send_on=engine.clock.now() + 60_000)
        assert await engine.call("send", Task(v=1, id=id, epoch=1)) is Answer.DONE
        assert engine.sender.sent == []
        assert engine.run().epoch == 2
        await engine.run_until_idle()

    due = engine.clock.now() + 60_000
    asyncio.run(play())
    assert (engine.run().started_at or 0) >= due
    assert len(engine.sender.sent) == 1


def test_a_task_of_an_older_epoch_does_nothing() -> None:
    engine = Engine()
    engine.add_devices(1)

    async def play() -> None:
        id = await engine.accept()
        run, version, _ = engine.runs.stored[id]
        await engine.runs.move(run.model_copy(update={"epoch": 2}), version)
        assert await engine.call("send", Task(v=1, id=id, epoch=1)) is Answer.DONE
        assert await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1)) is Answer.DONE

    asyncio.run(play())
    assert engine.sender.sent == []
    assert engine.run().state is State.SCHEDULED


def test_the_same_tasks_again_send_nothing_again() -> None:
    engine = Engine()
    engine.add_devices(700)

    async def play() -> None:
        id = await engine.accept()
        await engine.run_until_idle()
        for _ in range(2):
            assert await engine.call("send", Task(v=1, id=id, epoch=1)) is Answer.DONE
            assert await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1)) is Answer.DONE

    asyncio.run(play())
    assert len(engine.sender.sent) == 700


def test_a_run_that_is_too_late_expires_and_sends_nothing() -> None:
    engine = Engine()
    engine.add_devices(1)

    async def play() -> None:
        await engine.accept(lives_ms=60_000)
        engine.clock.pass_ms(60_000)
        await engine.run_until_idle()

    asyncio.run(play())
    assert (engine.run().state, engine.sender.sent) == (State.EXPIRED, [])


def test_a_cancelled_run_stops_before_its_next_page() -> None:
    engine = Engine()
    engine.audience.estimates = NO_CANARY
    engine.add_devices(3 * PAGE_SIZE)

    async def cancel() -> None:
        await end_run(engine.run(), State.CANCELLED, "asked to", runs=engine.runs)

    engine.sender.before = cancel
    played(engine)
    assert (engine.run().state, len(engine.sender.sent)) == (State.CANCELLED, PAGE_SIZE)


def test_what_a_cancelled_run_has_sent_is_summed_up_and_counted() -> None:
    engine = Engine()
    engine.audience.estimates = NO_CANARY
    engine.add_devices(2 * PAGE_SIZE)

    async def cancel() -> None:
        found = engine.runs.stored["r" * 24]
        await engine.runs.move(ended(found[0], State.CANCELLED, "asked to", engine.clock.now()), found[1])

    engine.sender.before = cancel
    played(engine)
    day = day_of(engine.clock.now())
    engine.clock.pass_ms(WATCH_MS)
    asyncio.run(engine.sweep())
    assert (engine.run().counts or {})["accepted"] == PAGE_SIZE
    (totals,) = asyncio.run(FakeStatistics(engine.clock, engine.runs).days(1, [day]))
    assert (totals.runs, totals.accepted) == (1, PAGE_SIZE)


@pytest.mark.parametrize("skip", [True, False], ids=["if the app says so", "not otherwise"])
def test_a_broadcast_leaves_out_whom_nobody_has_heard_of_for_sixty_days(skip: bool) -> None:
    engine = Engine()
    engine.add_devices(40)
    long_ago = engine.clock.now() - STALE_MS
    for number, seen_at in ((3, long_ago - 1), (4, long_ago)):
        engine.devices[number] = engine.devices[number].model_copy(update={"seen_at": seen_at})
    engine.skip_stale = skip
    played(engine)
    counts = engine.run().counts or {}
    assert set(engine.sender.targets) == {f"token-{n}" for n in range(40)} - ({"token-3"} if skip else set())
    assert (counts["targeted"], counts["accepted"], counts["stale"]) == ((39, 39, 1) if skip else (40, 40, 0))
    assert (counts["failed"], engine.run().reasons, engine.ledger.failures_kept) == (0, {}, {})


@pytest.mark.parametrize("named", ["aliases", "users"])
def test_who_is_named_gets_it_however_long_ago_they_were_heard_of(named: str) -> None:
    engine = Engine()
    engine.add_devices(1)
    engine.give("ann", 0)
    engine.devices[0] = engine.devices[0].model_copy(update={"seen_at": 1})
    engine.skip_stale = True
    played(engine, **{named: ["ann"] if named == "users" else ["alias-0"]})
    assert engine.sender.targets == ["token-0"]


def test_a_dead_target_is_recorded_and_removed_and_stops_nobody() -> None:
    engine = Engine()
    engine.add_devices(40)
    engine.sender.answer = lambda token: DEAD if token.endswith("3") else ACCEPTED
    played(engine)
    counts = engine.run().counts or {}
    assert (counts["dead"], counts["accepted"], counts["failed"]) == (4, 36, 4)
    assert engine.run().reasons == {"UNREGISTERED": 4}
    assert len(engine.audience.removed) == 4
    assert {failure.code for failure in engine.ledger.failures_kept.values()} == {"UNREGISTERED"}
    assert not any("token" in str(failure) for failure in engine.ledger.failures_kept.values())


def test_what_fcm_did_not_take_is_tried_again_later_and_not_sooner_than_10_s() -> None:
    engine = Engine()
    engine.add_devices(1_500)
    began = engine.clock.now()
    tries: Counter[str] = Counter()

    def answer(token: str) -> Outcome:
        tries[token] += 1
        assert tries[token] == 1 or engine.clock.now() >= began + 10_000
        return LATER if tries[token] == 1 and token[-1] in "13579" else ACCEPTED

    engine.sender.answer = answer
    played(engine)
    assert (engine.run().counts or {})["accepted"] == 1_500
    assert engine.run().state is State.SENT
    assert set(tries.values()) == {1, 2}


def test_a_target_that_never_gets_through_is_given_up_after_an_hour() -> None:
    engine = Engine()
    engine.add_devices(2)
    began = engine.clock.now()
    engine.sender.answer = lambda token: LATER if token == "token-1" else ACCEPTED
    played(engine)
    assert (engine.run().counts or {})["expired"] == 1
    assert engine.run().reasons == {GAVE_UP: 1}
    assert engine.clock.now() - began < 3_600_000


@pytest.mark.parametrize(
    ("on_unknown", "times", "kind"),
    [(None, 1, "unknown"), (OnUnknown.SKIP, 1, "unknown"), (OnUnknown.RESEND, 2, "accepted")],
)
def test_a_lost_answer_is_sent_again_only_if_asked_for(on_unknown: OnUnknown | None, times: int, kind: str) -> None:
    engine = Engine()
    engine.add_devices(1)
    answers = iter([Outcome(Kind.UNKNOWN, "CONNECTION_LOST"), ACCEPTED])
    engine.sender.answer = lambda _: next(answers)
    played(engine, on_unknown=on_unknown)
    assert len(engine.sender.sent) == times
    assert (engine.run().counts or {})[kind] == 1


def test_a_rendering_that_nobody_takes_is_halted_and_the_others_go_on() -> None:
    engine = Engine()
    engine.add_devices(1_500, Platform.IOS)
    engine.add_devices(1_500, Platform.ANDROID)
    ios = {f"token-{n}" for n in range(1_500)}
    engine.sender.answer = lambda token: REJECTED if token in ios else ACCEPTED
    played(engine)
    counts = engine.run().counts or {}
    assert engine.run().halted_renderings == ("ios",)
    assert (counts["accepted"], counts["rejected"]) == (1_500, 1_500)
    assert len([t for t in engine.sender.targets if t in ios]) <= PAGE_SIZE


def test_one_accepted_message_keeps_its_rendering_from_being_halted() -> None:
    engine = Engine()
    engine.audience.estimates = NO_CANARY
    engine.add_devices(1_000)
    engine.sender.answer = lambda token: ACCEPTED if token.endswith("7") else REJECTED
    played(engine)
    assert engine.run().halted_renderings == ()
    assert len(engine.sender.sent) == 1_000


def test_a_misconfigured_project_halts_its_run_and_touches_no_target() -> None:
    engine = Engine()
    engine.audience.estimates = NO_CANARY
    engine.add_devices(2 * PAGE_SIZE)
    engine.sender.answer = lambda _: Outcome(Kind.MISCONFIGURED, "PERMISSION_DENIED")
    played(engine)
    assert engine.run().state is State.HALTED
    assert "PERMISSION_DENIED" in (engine.run().reason or "")
    assert (engine.audience.removed, len(engine.sender.sent)) == (set(), PAGE_SIZE)


def test_a_device_of_a_platform_without_sender_is_counted_not_lost() -> None:
    engine = Engine()
    engine.add_devices(1, Platform.BAIDU)
    engine.add_devices(1)
    played(engine)
    assert engine.sender.targets == ["token-1"]
    assert engine.run().reasons == {"NO_SENDER": 1}


def test_a_message_lives_on_fcm_only_as_long_as_the_run() -> None:
    engine = Engine()
    engine.add_devices(1)
    played(engine, lives_ms=90_000)
    assert engine.sender.sent[0]["android"]["ttl"] == "90s"


def test_a_second_worker_does_not_take_a_shard_that_is_held() -> None:
    engine = Engine()
    engine.add_devices(10)
    answers: list[Answer] = []

    async def intrude() -> None:
        answers.append(await engine.call("deliver", Task(v=1, id="r" * 24 + "/0", epoch=1)))

    engine.sender.before = intrude
    played(engine)
    assert answers == [Answer.BUSY]
    assert len(engine.sender.sent) == 10


def test_a_worker_that_lost_its_lease_stops_after_its_page() -> None:
    engine = Engine()
    engine.audience.estimates = NO_CANARY
    engine.add_devices(4 * PAGE_SIZE)
    usurped: list[Answer] = []

    async def fall_asleep() -> None:
        engine.sender.before = None
        engine.clock.pass_ms(int(LEASE_S * 1000) + 1)
        usurped.append(await engine.call("deliver", Task(v=1, id="r" * 24 + "/0", epoch=1)))

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.sender.before = fall_asleep
        assert await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1)) is Answer.BUSY

    asyncio.run(play())
    assert usurped == [Answer.DONE]
    counted = Counter(engine.sender.targets)
    assert len(counted) == 4 * PAGE_SIZE
    assert sum(counted.values()) - len(counted) <= PAGE_SIZE
    assert (engine.run().counts or {})["targeted"] == 4 * PAGE_SIZE


def test_a_worker_told_to_end_stops_at_a_page_and_the_next_one_goes_on_at_once() -> None:
    engine = Engine()
    engine.audience.estimates = NO_CANARY
    engine.add_devices(3 * PAGE_SIZE)

    async def sigterm() -> None:
        engine.stopping = True

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.sender.before = sigterm
        task = Task(v=1, id=f"{id}/0", epoch=1)
        assert await engine.call("deliver", task) is Answer.BUSY
        engine.stopping, engine.sender.before = False, None
        assert await engine.call("deliver", task) is Answer.DONE

    asyncio.run(play())
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(3 * PAGE_SIZE))


@settings(max_examples=60)
@given(
    devices=st.integers(0, 3_000),
    deaths=st.lists(st.integers(1, 12), max_size=4),
    retried=st.integers(0, 3),
    on_unknown=st.sampled_from([None, OnUnknown.RESEND, OnUnknown.SKIP]),
)
def test_whatever_dies_nobody_is_lost_and_only_open_pages_are_doubled(
    devices: int, deaths: list[int], retried: int, on_unknown: OnUnknown | None
) -> None:
    """P1 to P3 and P6: processes die at any step, again and again; the tasks are repeated as a queue repeats them."""
    engine = Engine()
    engine.add_devices(devices)
    dying = sorted(set(deaths))
    steps = 0
    tries: Counter[str] = Counter()

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps in dying:
            raise ProcessDied

    def answer(token: str) -> Outcome:
        tries[token] += 1
        return LATER if int(token[6:]) % 4 < retried and tries[token] == 1 else ACCEPTED

    engine.sender.before = step
    engine.sender.answer = answer
    commit = engine.ledger.commit

    async def dying_commit(*args: object) -> object:
        await step()
        version = await commit(*args)  # type: ignore[arg-type]
        await step()
        return version

    engine.ledger.commit = dying_commit  # type: ignore[method-assign, assignment]

    async def play() -> None:
        await engine.accept(on_unknown=on_unknown)
        for _ in range(len(dying) + 1):
            try:
                await engine.run_until_idle()
            except ProcessDied:
                # The queue still has the task that was running; nobody saw an answer.
                for name in sorted(engine.tasks.names):
                    engine.tasks.names.discard(name)
                engine.clock.pass_ms(int(LEASE_S * 1000) + 100_000)
                await engine.sweep()
        await engine.run_until_idle()

    asyncio.run(play())
    counts = engine.run().counts or {}
    assert engine.run().state is State.SENT
    assert counts["targeted"] == devices
    if on_unknown is not OnUnknown.SKIP:
        assert set(engine.sender.targets) == {f"token-{n}" for n in range(devices)}
        assert counts["accepted"] == devices
    again = sum(int(token[6:]) % 4 < retried for token in tries)
    assert sum(tries.values()) <= devices + again + PAGE_SIZE * len(dying)


def test_a_store_that_does_not_answer_lets_the_shard_go() -> None:
    engine = Engine()
    engine.add_devices(10)
    fail = True

    async def unavailable(token: object = None) -> None:
        if fail:
            raise Unavailable("no")

    async def play() -> None:
        nonlocal fail
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.sender.before = unavailable
        task = Task(v=1, id=f"{id}/0", epoch=1)
        with pytest.raises(Unavailable):
            await engine.call("deliver", task)
        fail = False
        assert await engine.call("deliver", task) is Answer.DONE

    asyncio.run(play())
    assert len(engine.sender.sent) == 10


def test_an_unknown_run_or_shard_ends_its_task() -> None:
    engine = Engine()
    engine.add_devices(1)

    async def play() -> None:
        id = await engine.accept()
        assert await engine.call("send", Task(v=1, id="no such run", epoch=1)) is Answer.DONE
        assert await engine.call("deliver", Task(v=1, id="no such run/0", epoch=1)) is Answer.DONE
        await engine.call("send", Task(v=1, id=id, epoch=1))
        assert await engine.call("deliver", Task(v=1, id=f"{id}/99", epoch=1)) is Answer.DONE
        assert await engine.call("deliver", Task(v=1, id=f"{id}/../x", epoch=1)) is Answer.DONE

    asyncio.run(play())
    assert engine.sender.sent == []

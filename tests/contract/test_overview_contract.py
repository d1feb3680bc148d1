"""What operators are told of all runs together, and what of a run's shards has waited for longest."""

from collections.abc import Awaitable, Callable
from typing import Any

from fakes.made import run, schedule, shard
from push.domain.run import WATCH_MS, totals
from push.domain.schedule import DAY_MS, State
from push.domain.status import SLOT_MS, last_hour, slot_of
from push.ports import Commit

On = Callable[[Callable[[Any], Awaitable[None]]], None]
NOW = 20_000 * DAY_MS + DAY_MS // 2


async def put(stores: Any, id: str, **fields: Any) -> None:
    await stores.runs.accept(schedule(id), run(id), [])
    found = await stores.runs.get(id)
    known = {"wake_at": None, "send_on": NOW, "expires_at": NOW + DAY_MS}
    await stores.runs.move(run(id, **known | fields), found.version)


def test_runs_are_counted_that_are_due_late_or_in_a_state(on: On) -> None:
    async def play(stores: Any) -> None:
        overview = stores.overview
        assert (await overview.due(NOW), await overview.late(NOW, NOW)) == (0, 0)
        await put(stores, "a" * 24, wake_at=NOW)
        # Armed anew, or put off since nobody could look at it: late all the same.
        await put(stores, "b" * 24, send_on=NOW - 1, wake_at=NOW + WATCH_MS)
        await put(stores, "c" * 24, send_on=NOW - DAY_MS, wake_at=NOW - 1)
        await put(stores, "d" * 24, send_on=NOW - DAY_MS, state=State.SENDING, started_at=NOW, wake_at=NOW + 1)
        await put(stores, "e" * 24, send_on=NOW - DAY_MS, state=State.HALTED, wake_at=NOW)
        await put(stores, "f" * 24, send_on=NOW - DAY_MS, state=State.SENT)
        assert await overview.due(NOW) == 3
        assert await overview.late(NOW, NOW) == 2
        assert await overview.late(NOW, NOW - 1) == 1
        assert [await overview.in_state(state) for state in (State.SENDING, State.HALTED, State.FAILED)] == [1, 1, 0]

    on(play)


def test_those_being_sent_that_began_first_come_first(on: On) -> None:
    async def play(stores: Any) -> None:
        for number, id in enumerate("abcd"):
            await put(stores, id * 24, state=State.SENDING, started_at=NOW - number)
        await put(stores, "e" * 24, state=State.SENT, started_at=1)
        assert await stores.overview.sending(2) == ["d" * 24, "c" * 24]
        assert len(await stores.overview.sending(9)) == 4

    on(play)


def test_what_ended_in_the_last_hour_is_summed_up_with_reasons_of_those_that_failed_most(on: On) -> None:
    async def play(stores: Any) -> None:
        since, slots = last_hour(NOW + 1)
        nothing = await stores.overview.ended_in(slots)
        assert nothing == (0, 0, 0, 0, {}, True)
        ended = {"state": State.SENT, "started_at": 1, "counts": totals({"accepted": 8, "dead": 2})}
        dead = {"UNREGISTERED": 2}
        await put(stores, "a" * 24, ended_at=since, reasons=dead, **ended)
        await put(stores, "b" * 24, ended_at=NOW, reasons=dead | {"X": 1}, **ended | {"state": State.CANCELLED})
        await put(stores, "c" * 24, ended_at=since - 1, reasons=dead, **ended)
        # It may go on, was never begun, or is not summed up yet.
        await put(stores, "d" * 24, ended_at=NOW, **ended | {"state": State.HALTED})
        await put(stores, "e" * 24, ended_at=NOW, state=State.EXPIRED)
        await put(stores, "f" * 24, ended_at=NOW, started_at=1, state=State.CANCELLED)
        await put(stores, "9" * 24, ended_at=NOW, state=State.SENT, started_at=1, counts=totals({"accepted": 3}))
        found = await stores.overview.ended_in(slots)
        # How many runs the emulator counts is not compared: it has no index that those without sums are missing from.
        assert found[1:] == (23, 19, 4, {"UNREGISTERED": 4, "X": 1}, True)

    on(play)


def test_the_last_hour_is_seven_times_ten_minutes() -> None:
    since, slots = last_hour(NOW + 123)
    assert since == NOW - 3_600_000
    assert slots == [slot_of(since + number * SLOT_MS) for number in range(7)]
    assert slots[-1] == slot_of(NOW + 123) == "2024-10-04T12:00"


def test_sums_name_the_shard_that_has_been_due_for_longest(on: On) -> None:
    async def play(stores: Any) -> None:
        ledger = stores.ledger
        assert (await ledger.sums("s" * 24))[-2:] == (0, None)
        version = await ledger.create(shard("0", due_at=1_000))
        await ledger.create(shard("1", due_at=2_000, resume_at=9_000))
        await ledger.create(shard("2", due_at=3_000, planned=False))
        assert (await ledger.sums("s" * 24))[-2:] == (2, ("0", 1_000))
        await ledger.commit(Commit(shard("0", due_at=1_000, done=True)), version)
        assert (await ledger.sums("s" * 24))[-2:] == (2, ("2", 3_000))

    on(play)


def test_a_run_keeps_its_trace(on: On) -> None:
    async def play(stores: Any) -> None:
        trace = f"00-{'a' * 32}-{'b' * 16}-01"
        await put(stores, "a" * 24, traceparent=trace)
        assert (await stores.runs.get("a" * 24)).value.traceparent == trace

    on(play)

"""Failures page by page, and an app's days, of which nothing is counted twice."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from fakes.made import run, schedule, shard
from push.domain.page import Failure
from push.domain.results import day_of
from push.domain.run import totals
from push.domain.schedule import DAY_MS, State
from push.ports import Commit
from push.usecases.finish_run import finish_run

On = Callable[[Callable[[Any], Awaitable[None]]], None]
ID = "s" * 24
NOON = 20_000 * DAY_MS + DAY_MS // 2
DAY = day_of(NOON)


def failure(number: int) -> Failure:
    return Failure(f"{number:032x}", f"device-{number}", "ios", "dead", "UNREGISTERED", f"alias {number}")


async def sent(
    stores: Any, id: str, at: int = NOON, app: int = 1, state: State = State.SENT, accepted: int = 3
) -> None:
    await stores.runs.accept(schedule(id, app=app), run(id, app=app), [])
    found = await stores.runs.get(id)
    counts = totals({"accepted": accepted, "dead": 1})
    ended = {
        "state": state,
        "sent_at": at,
        "ended_at": at,
        "started_at": at - 1,
        "wake_at": None,
        "counts": counts,
        "first_known_at": 5,
        "last_known_at": 6,
    }
    await stores.runs.move(found.value.model_copy(update=ended), found.version)
    assert (await stores.runs.get(id)).value.last_known_at == 6


def test_failures_come_in_the_order_of_their_keys_page_by_page(on: On) -> None:
    async def play(stores: Any) -> None:
        version = await stores.ledger.create(shard())
        await stores.ledger.commit(Commit(shard(pages=1), [failure(n) for n in (4, 2, 5, 1, 3)]), version)
        first, cursor = await stores.ledger.failures(ID, 2, None)
        second, cursor = await stores.ledger.failures(ID, 2, cursor)
        third, end = await stores.ledger.failures(ID, 2, cursor)
        assert [*first, *second, *third] == [failure(n) for n in range(1, 6)]
        assert end is None
        assert await stores.ledger.failures("t" * 24, 2, None) == ([], None)
        assert await stores.ledger.failures(ID, 2, failure(5).target) == ([], None)

    on(play)


def test_a_day_sums_the_runs_whose_sending_ended_on_it_however_it_did(on: On) -> None:
    async def play(stores: Any) -> None:
        await sent(stores, "a" * 24)
        await sent(stores, "b" * 24, at=NOON + DAY_MS // 2 - 1)
        await sent(stores, "c" * 24, at=NOON + DAY_MS // 2)
        await sent(stores, "d" * 24, app=2)
        await sent(stores, "e" * 24, state=State.CANCELLED, accepted=100)
        # It may go on, and would be counted twice.
        await sent(stores, "h" * 24, state=State.HALTED, accepted=7)
        await stores.runs.accept(schedule("f" * 24), run("f" * 24), [])
        before, day, after = await stores.statistics.days(1, [day_of(NOON - DAY_MS), DAY, day_of(NOON + DAY_MS)])
        assert (before.runs, before.targeted) == (0, 0)
        assert day[:5] == (DAY, 3, 109, 106, 3)
        assert after[:5] == (day_of(NOON + DAY_MS), 1, 4, 3, 1)
        assert await stores.statistics.days(1, [DAY]) == [day]
        assert await stores.statistics.days(1, []) == []

    on(play)


def test_workers_that_finish_one_run_at_once_and_again_count_it_once(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        found = await stores.runs.get(ID)
        sending = found.value.model_copy(update={"state": State.SENDING, "shards": 1, "started_at": 4_000})
        await stores.runs.move(sending, found.version)
        version = await stores.ledger.create(shard(due_at=4_000))
        await stores.ledger.commit(Commit(shard(due_at=4_000, done=True, counts={"accepted": 7, "dead": 2})), version)
        await asyncio.gather(*(finish_run(sending, runs=stores.runs, ledger=stores.ledger) for _ in range(4)))
        await finish_run(sending, runs=stores.runs, ledger=stores.ledger)
        ended = (await stores.runs.get(ID)).value
        (day,) = await stores.statistics.days(1, [day_of(ended.ended_at)])
        assert day[1:5] == (1, 9, 7, 2)
        assert ended.first_known_at == 4_000
        assert ended.sent_at - 60_000 < ended.last_known_at <= ended.sent_at

    on(play)

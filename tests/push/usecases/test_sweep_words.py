"""A dry run says what a real one would do, and does nothing; and what was said is then done."""

import asyncio
import copy
from typing import Any

import pytest

from fakes.engine import Engine
from push.domain.run import ARM_AHEAD_MS, GRACE_MS, WATCH_MS
from push.domain.schedule import State
from push.domain.shard import Page, Shard, Source
from push.usecases.move_run import end_run
from push.usecases.tasks import Task

DAY_MS = 24 * 3_600_000
ID = "r" * 24


async def late(engine: Engine) -> None:
    await engine.accept()
    engine.clock.pass_ms(GRACE_MS)


async def far_ahead(engine: Engine) -> None:
    await engine.accept(send_on=engine.clock.now() + 40 * DAY_MS)
    engine.clock.pass_ms(40 * DAY_MS - ARM_AHEAD_MS)


async def still_far(engine: Engine) -> None:
    """As after an edit whose answer was lost."""
    await engine.accept(send_on=engine.clock.now() + 40 * DAY_MS)
    run, version, _ = engine.runs.stored[ID]
    await engine.runs.move(run.model_copy(update={"wake_at": engine.clock.now()}), version)


async def too_late(engine: Engine) -> None:
    await engine.accept(lives_ms=60_000)
    engine.clock.pass_ms(60_000)


async def sending(engine: Engine) -> None:
    await engine.accept()
    await engine.call("send", Task(v=1, id=ID, epoch=1))
    engine.tasks.queue.clear()


async def never_handed_out(engine: Engine) -> None:
    await sending(engine)
    engine.clock.pass_ms(WATCH_MS + 1)


async def let_go(engine: Engine) -> None:
    await sending(engine)
    await engine.ledger.create(
        Shard(id="0", run=ID, planned=True, source=Source.RANGE, due_at=engine.clock.now(), attempt=1)
    )
    engine.clock.pass_ms(WATCH_MS + 1)


async def moving(engine: Engine) -> None:
    await sending(engine)
    engine.clock.pass_ms(WATCH_MS)
    await engine.ledger.create(
        Shard(id="0", run=ID, planned=True, source=Source.RANGE, due_at=engine.clock.now(), attempt=1, worker="w")
    )


async def finished(engine: Engine) -> None:
    await engine.accept()
    await engine.run_until_idle()
    run, version, _ = engine.runs.stored[ID]
    again = {"state": State.SENDING, "wake_at": engine.clock.now(), "counts": None}
    await engine.runs.move(run.model_copy(update=again), version)


async def expired(engine: Engine) -> None:
    await sending(engine)
    engine.clock.pass_ms(DAY_MS)


async def cancelled(engine: Engine) -> None:
    await let_go(engine)
    await end_run(engine.run(), State.CANCELLED, "asked to", runs=engine.runs)
    engine.clock.pass_ms(WATCH_MS)


async def cancelled_with_a_page_under_way(engine: Engine) -> None:
    await sending(engine)
    await end_run(engine.run(), State.CANCELLED, "asked to", runs=engine.runs)
    engine.clock.pass_ms(WATCH_MS)
    page = Page(number=1, end="k", size=3)
    await engine.ledger.create(
        Shard(id="0", run=ID, planned=True, source=Source.RANGE, due_at=0, attempt=1, worker="w", page=page)
    )


async def halted_for_good(engine: Engine) -> None:
    await sending(engine)
    await end_run(engine.run(), State.HALTED, "refused", runs=engine.runs)
    engine.clock.pass_ms(DAY_MS)


async def unreadable(engine: Engine) -> None:
    await late(engine)
    engine.runs.unreadable = {ID}


async def not_due(engine: Engine) -> None:
    await engine.accept()


CASES: dict[Any, tuple[str | None, list[str]]] = {
    late: ("scheduled", ["re-arm task"]),
    far_ahead: ("scheduled", ["arm"]),
    still_far: ("scheduled", ["look again later"]),
    too_late: ("scheduled", ["expire"]),
    never_handed_out: ("sending", ["hand out 1 shard"]),
    let_go: ("sending", ["re-queue 1 shard"]),
    moving: ("sending", ["look again later"]),
    finished: ("sending", ["finish"]),
    expired: ("sending", ["expire"]),
    cancelled: ("cancelled", ["sum up"]),
    cancelled_with_a_page_under_way: ("cancelled", ["look again later"]),
    halted_for_good: ("halted", ["expire"]),
    unreadable: (None, ["look again later"]),
}


def held_by(engine: Engine) -> Any:
    return copy.deepcopy((engine.runs.stored, engine.runs.schedules, engine.ledger.shards, engine.tasks.queue))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_what_is_said_is_what_is_done_and_saying_it_does_nothing(case: Any) -> None:
    engine = Engine()
    engine.add_devices(3)
    asyncio.run(case(engine))
    before = held_by(engine)
    said = asyncio.run(engine.looks(dry=True))
    assert held_by(engine) == before
    assert [(look.id, look.what, look.words) for look in said.looks] == [(ID, *CASES[case])]
    done = asyncio.run(engine.looks())
    assert [(look.id, look.what, look.words) for look in done.looks] == [(ID, *CASES[case])]
    assert held_by(engine) != before
    # Whatever it was, it does not stand first in the line any more.
    assert asyncio.run(engine.looks()).looks == ()


def test_what_is_not_due_is_not_spoken_of() -> None:
    engine = Engine()
    asyncio.run(not_due(engine))
    assert asyncio.run(engine.looks(dry=True)).looks == ()


def test_a_dry_run_names_what_went_wrong_and_puts_nothing_off() -> None:
    engine = Engine()

    async def broken(*_: Any) -> bool:
        raise ValueError("Shard: cannot read format 2")

    asyncio.run(never_handed_out(engine))
    engine.ledger.finished = broken  # type: ignore[method-assign, assignment]
    before = held_by(engine)
    (look,) = asyncio.run(engine.looks(dry=True)).looks
    assert (look.words, look.error) == (["look again later"], "ValueError")
    assert held_by(engine) == before

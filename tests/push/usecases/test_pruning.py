"""Who was not heard of for 270 days is forgotten, a thirtieth of the key space a day."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from fakes.made import device
from fakes.ports import FakePorts
from fakes.working import work
from fakes.world import app
from push.domain.errors import Unavailable
from push.domain.job import WATCH_MS, JobState
from push.domain.page import Entry
from push.domain.pruning import PARTS, UNSEEN_MS
from push.domain.schedule import DAY_MS
from push.usecases import prune_targets
from push.usecases.start_pruning import start_pruning
from push.usecases.sweep_jobs import sweep_jobs

PHONES = 120


def with_phones(silent: int = PHONES // 2) -> FakePorts:
    """Two apps of 60 phones each; `silent` of them were not heard of for 271 days."""
    ports = FakePorts()
    now = ports.clock.now()
    ports.apps.stored = {id_: app(id_, created_at=0) for id_ in (2, 7)}
    for number in range(PHONES):
        seen_at = now - UNSEEN_MS - DAY_MS if number < silent else now - UNSEEN_MS + 40 * DAY_MS
        made = device(number, app=2 if number % 2 else 7, seen_at=seen_at)
        ports.devices.stored[made.app, made.alias] = made
    return ports


def day(ports: FakePorts) -> bool:
    return asyncio.run(start_pruning(jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock))


def month(ports: FakePorts) -> None:
    for _ in range(PARTS):
        assert day(ports)
        work(ports)
        ports.clock.pass_ms(DAY_MS)


def test_within_a_month_all_that_are_silent_go_and_nobody_else_and_devices_stay() -> None:
    ports = with_phones()
    month(ports)
    assert len(ports.audience.removed) == PHONES // 2
    assert {job.state for job, _ in ports.jobs.stored.values()} == {JobState.DONE}
    assert sum(job.done for job, _ in ports.jobs.stored.values()) == PHONES // 2
    assert len(ports.devices.stored) == PHONES


def test_an_app_that_moved_here_lately_keeps_its_phones_until_they_had_their_time_to_speak() -> None:
    ports = with_phones(silent=PHONES)
    moved = ports.clock.now()
    ports.apps.stored[7] = app(7, created_at=moved)
    month(ports)
    assert len(ports.audience.removed) == PHONES // 2
    ports.clock.time = moved + UNSEEN_MS
    month(ports)
    assert len(ports.audience.removed) == PHONES


def test_it_begins_once_a_day_and_costs_one_read_otherwise() -> None:
    ports = with_phones()
    assert [day(ports) for _ in range(3)] == [True, False, False]
    assert len(ports.jobs.stored) == len(ports.tasks.created) == 1


def test_two_that_begin_it_at_once_begin_it_once() -> None:
    ports = with_phones()

    async def nothing_yet(_: str) -> None:
        return None

    get = ports.jobs.get
    ports.jobs.get = nothing_yet  # type: ignore[method-assign, assignment]
    assert [day(ports), day(ports)] == [True, False]
    ports.jobs.get = get  # type: ignore[method-assign]
    assert len(ports.jobs.stored) == 1


def test_a_step_looks_at_a_bounded_number_and_the_next_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune_targets, "_AT_ONCE", 1)
    ports = with_phones()
    limits: list[int] = []
    unseen = ports.audience.unseen

    async def counted(*args: Any) -> tuple[list[Entry], str | None]:
        limits.append(args[-1])
        return await unseen(*args)

    ports.audience.unseen = counted  # type: ignore[method-assign, assignment]
    month(ports)
    assert len(ports.audience.removed) == PHONES // 2
    assert set(limits) == {1}


def test_a_store_that_does_not_answer_delays_it_and_what_was_removed_stays_so() -> None:
    ports = with_phones(silent=PHONES)
    remove, calls = ports.audience.remove, 0

    async def flaky(app: int, entries: Sequence[Entry]) -> int:
        nonlocal calls
        calls += 1
        gone = await remove(app, entries)
        if calls == 1:
            raise Unavailable("the answer was lost")
        return gone

    ports.audience.remove = flaky  # type: ignore[method-assign]
    assert day(ports)
    with pytest.raises(Unavailable):
        work(ports)
    ports.clock.pass_ms(WATCH_MS + 1)
    assert asyncio.run(sweep_jobs(jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)) == 1
    ports.tasks.created = ports.tasks.created[1:]
    work(ports)
    ((job, _),) = ports.jobs.stored.values()
    assert job.state is JobState.DONE
    ports.clock.pass_ms(DAY_MS)
    month(ports)
    assert len(ports.audience.removed) == PHONES

"""Housekeeping, which never ends: who was not heard of for 270 days is forgotten, a thirtieth of the keys a day."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from fakes.made import device
from fakes.ports import FakePorts
from fakes.world import app
from push.domain.errors import Unavailable
from push.domain.housekeeping import HOUSEKEEPING, Place, place_of
from push.domain.job import WATCH_MS, Job, JobKind, JobState
from push.domain.page import Entry
from push.domain.pruning import PARTS, UNSEEN_MS
from push.domain.schedule import DAY_MS
from push.usecases import prune_targets
from push.usecases.begin_housekeeping import begin_housekeeping
from push.usecases.job_steps import job_steps
from push.usecases.sweep_jobs import sweep_jobs
from push.usecases.tasks import VERSION, Task
from push.usecases.work_job import work_job

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


def sweep(ports: FakePorts) -> list[str]:
    """The jobs that one call saw to."""
    looks = asyncio.run(sweep_jobs(jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)).looks
    return [look.id for look in looks]


def house(ports: FakePorts) -> Job:
    return ports.jobs.stored[HOUSEKEEPING][0]


def work(ports: FakePorts) -> None:
    """What Cloud Tasks has for it now."""
    while due := [each for each in ports.tasks.created if (each.at or 0) <= ports.clock.now()]:
        ports.tasks.created = [each for each in ports.tasks.created if each not in due]
        for each in due:
            task = Task(v=VERSION, id=each.document, epoch=each.epoch)
            asyncio.run(
                work_job(task, steps=job_steps(ports), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)
            )  # fmt: skip


def month(ports: FakePorts) -> None:
    for _ in range(PARTS):
        sweep(ports)
        work(ports)
        ports.clock.pass_ms(DAY_MS)
    work(ports)


def test_within_a_month_all_that_are_silent_go_and_nobody_else_and_devices_stay() -> None:
    ports = with_phones()
    month(ports)
    assert len(ports.audience.removed) == PHONES // 2
    assert [*ports.jobs.stored] == [HOUSEKEEPING]
    assert (house(ports).state, house(ports).done) == (JobState.RUNNING, PHONES // 2)
    assert len(ports.devices.stored) == PHONES


def test_an_app_that_moved_here_lately_keeps_its_phones_until_they_had_their_time_to_speak() -> None:
    ports = with_phones(silent=PHONES)
    moved = ports.clock.now()
    ports.apps.stored[7] = app(7, created_at=moved)
    month(ports)
    assert len(ports.audience.removed) == PHONES // 2
    ports.clock.time = moved + UNSEEN_MS + DAY_MS
    month(ports)
    assert len(ports.audience.removed) == PHONES


def test_it_begins_with_the_first_call_and_is_left_alone_until_its_next_day() -> None:
    ports = with_phones()
    assert [sweep(ports) for _ in range(3)] == [[HOUSEKEEPING], [], []]
    work(ports)
    tomorrow = (ports.clock.now() // DAY_MS + 1) * DAY_MS
    assert house(ports).wake_at == tomorrow + WATCH_MS
    assert [task.at for task in ports.tasks.created] == [tomorrow]
    ports.clock.time = tomorrow - 1
    assert sweep(ports) == []


def test_a_day_whose_task_was_lost_is_found_by_sweep() -> None:
    ports = with_phones()
    sweep(ports)
    work(ports)
    ports.tasks.created.clear()
    ports.clock.time = house(ports).wake_at or 0
    assert sweep(ports) == [HOUSEKEEPING]
    work(ports)
    assert (house(ports).wake_at or 0) > ports.clock.now() + DAY_MS - 2 * WATCH_MS


def test_two_calls_at_once_begin_it_once() -> None:
    ports = with_phones()

    async def both() -> None:
        calls = (sweep_jobs(jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock) for _ in range(2))
        await asyncio.gather(*calls)

    asyncio.run(both())
    assert [*ports.jobs.stored] == [HOUSEKEEPING]
    assert len(ports.tasks.created) == 1


@pytest.mark.parametrize("how", [{"state": JobState.FAILED, "wake_at": None}, {"wake_at": None}])
def test_it_comes_back_where_somebody_ended_it_in_the_console(how: dict[str, Any]) -> None:
    ports = with_phones()
    sweep(ports)
    work(ports)
    job, version = ports.jobs.stored[HOUSEKEEPING]
    ports.jobs.stored[HOUSEKEEPING] = (job.model_copy(update=how), version)
    assert sweep(ports) == [HOUSEKEEPING]
    ports.clock.pass_ms(WATCH_MS)
    assert sweep(ports) == [HOUSEKEEPING]
    ports.tasks.created = ports.tasks.created[-1:]
    work(ports)
    assert (house(ports).state, house(ports).cursor) == (JobState.RUNNING, job.cursor)


def test_it_is_not_begun_again_because_a_hundred_others_wait_before_it() -> None:
    ports = with_phones()
    asyncio.run(begin_housekeeping(jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock))
    now = ports.clock.now()
    for number in range(100):
        job = Job(id=f"j{number}", kind=JobKind.ERASE_USER, subject="", wake_at=now + 9, started_at=now)
        ports.jobs.stored[job.id] = (job, 1)
    assert sweep(ports) == []


def test_days_that_were_missed_are_made_up_for_a_month_at_most() -> None:
    now = 1_800_000_000_000  # on 2027-01-15
    assert [str(place_of(cursor, now).day) for cursor in ("", "x/y", "2027-01-10/7:k", "2026-01-01/")] == [
        "2027-01-15", "2027-01-15", "2027-01-10", "2026-12-17",
    ]  # fmt: skip
    assert place_of(str(Place(place_of("", now).day, "7:k")), now).cursor == "7:k"
    ports = with_phones()
    sweep(ports)
    work(ports)
    ports.tasks.created.clear()
    ports.clock.pass_ms(40 * DAY_MS)
    assert sweep(ports) == [HOUSEKEEPING]
    work(ports)
    assert len(ports.audience.removed) == PHONES // 2


def test_a_day_that_cannot_be_done_does_not_end_it(capsys: pytest.CaptureFixture[str]) -> None:
    ports = with_phones()

    async def broken(*_: Any) -> Any:
        raise ValueError("App: cannot read it")

    ports.apps.list = broken  # type: ignore[method-assign, assignment]
    sweep(ports)
    work(ports)
    assert house(ports).state is JobState.RUNNING
    assert (house(ports).wake_at or 0) > ports.clock.now() + WATCH_MS
    assert "housekeeping-failed" in capsys.readouterr().err


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
    sweep(ports)
    with pytest.raises(Unavailable):
        work(ports)
    ports.clock.pass_ms(WATCH_MS + 1)
    assert sweep(ports) == [HOUSEKEEPING]
    work(ports)
    ports.clock.pass_ms(DAY_MS)
    month(ports)
    assert len(ports.audience.removed) == PHONES


def test_a_day_that_an_older_release_began_is_left_to_housekeeping() -> None:
    ports = with_phones()
    now = ports.clock.now()
    old = Job(id="old", kind=JobKind.PRUNE_TARGETS, subject="2027-01-15", wake_at=now, started_at=now)
    ports.jobs.stored["old"] = (old, 1)
    sweep(ports)
    work(ports)
    assert ports.jobs.stored["old"][0].state is JobState.DONE

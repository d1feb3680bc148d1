"""Background jobs: made once, moved on by one hand at a time, found when nobody does."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes.made import device, run, schedule
from push.domain.audience import Audience
from push.domain.errors import Conflict, Stale
from push.domain.job import Job, JobKind, Step, after_step
from push.domain.keyspace import KeyRange, cut
from push.domain.schedule import State
from push.domain.tag import Tag, TagType, tag_key
from push.ports import Unreadable

On = Callable[[Callable[[Any], Awaitable[None]]], None]
KIND = JobKind.UNTAG_DEVICES


def job(id: str = "j" * 24, **fields: Any) -> Job:
    known: dict[str, Any] = {
        "kind": KIND, "subject": "t" * 24, "arguments": {"a": "b"}, "wake_at": 5_000, "started_at": 1_000,
    }  # fmt: skip
    return Job(id=id, **known | fields)


def test_a_job_is_made_once_and_read_whole(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.jobs.create(job())
        assert (await stores.jobs.get("j" * 24)).value == job()
        with pytest.raises(Conflict):
            await stores.jobs.create(job())
        assert [await stores.jobs.get(id_) for id_ in ("f" * 24, "__x__", "a/b")] == [None] * 3

    on(play)


def test_of_two_workers_the_second_is_refused(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.jobs.create(job())
        read = await stores.jobs.get("j" * 24)
        moved = after_step(read.value, Step("next", 3), 2_000)
        version = await stores.jobs.move(moved, read.version)
        with pytest.raises(Stale):
            await stores.jobs.move(moved, read.version)
        await stores.jobs.move(after_step(moved, Step(None, 4), 3_000), version)
        ended = (await stores.jobs.get("j" * 24)).value
        assert (ended.done, ended.finished_at, ended.arguments, ended.wake_at) == (7, 3_000, {}, None)

    on(play)


def test_jobs_that_wait_are_found_earliest_first_whether_due_or_not_and_ended_ones_are_not(on: On) -> None:
    async def play(stores: Any) -> None:
        for number, wake_at in enumerate((9_000, 3_000, 5_000, None)):
            await stores.jobs.create(job(f"j{number}", wake_at=wake_at))
        assert [each.value.id for each in (await stores.jobs.waiting(9)).found] == ["j1", "j2", "j0"]
        assert [each.value.id for each in (await stores.jobs.waiting(1)).found] == ["j1"]

    on(play)


def test_a_job_or_run_that_cannot_be_read_is_found_and_put_off_by_one_hand(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.jobs.create(job("old"))
        await stores.jobs.create(job("new", wake_at=4_000))
        await stores.runs.accept(schedule("s1"), run("s1", wake_at=4_000), [])
        await make_unreadable(stores, "jobs/new", "runs/s1")
        waiting, due = await stores.jobs.waiting(9), await stores.runs.due(9_000, 9)
        assert [each.value.id for each in waiting.found] == ["old"]
        assert [each.value for each in waiting.unreadable] == [Unreadable("new", 4_000)]
        assert [each.value for each in due.unreadable] == [Unreadable("s1", 4_000)]
        for port, found in ((stores.jobs, waiting.unreadable[0]), (stores.runs, due.unreadable[0])):
            await port.put_off(found.value.id, 99_000, found.version)
            with pytest.raises(Stale):
                await port.put_off(found.value.id, 99_500, found.version)
        assert [each.value for each in (await stores.jobs.waiting(9)).unreadable] == [Unreadable("new", 99_000)]
        assert (await stores.runs.due(9_000, 9)).total == 0

    on(play)


async def make_unreadable(stores: Any, *paths: str) -> None:
    """As a newer release's are."""
    for path in paths:
        kind, _, id = path.partition("/")
        port = getattr(stores, kind)
        if hasattr(port, "unreadable"):
            port.unreadable.add(id)
        else:
            await port._database.client.document(path).update({"v": 99})


def test_a_running_job_is_found_by_what_it_is_about(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.jobs.create(job())
        assert await stores.jobs.running(KIND, "t" * 24) == job()
        assert await stores.jobs.running(KIND, "u" * 24) is None
        read = await stores.jobs.get("j" * 24)
        await stores.jobs.move(after_step(read.value, Step(None), 3_000), read.version)
        assert await stores.jobs.running(KIND, "t" * 24) is None

    on(play)


def test_devices_that_carry_a_tag_are_found_in_every_app(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1, tags=("x", "y")), device(2, tags=("y",))])
        await stores.devices.put_many(2, [device(3, tags=("x",), app=2)])
        found = await stores.devices.carrying("x", 9)
        assert sorted((each.app, each.id) for each in found) == [(1, device(1).id), (2, device(3).id)]
        assert len(await stores.devices.carrying("x", 1)) == 1

    on(play)


def test_an_apps_devices_that_carry_a_tag_are_counted_slice_by_slice(on: On) -> None:
    async def play(stores: Any) -> None:
        mine = [device(n, *[f"{n}-{each}" for each in range(1 + n % 3)], tags=("x", "y")) for n in range(12)]
        await stores.devices.put_many(1, [*mine, device(90, tags=("y",)), device(91, tags=("x",), targets=())])
        await stores.devices.put_many(2, [device(92, tags=("x",), app=2)])
        whole = await stores.devices.estimate(1, "x", KeyRange("", ""))
        parts = [await stores.devices.estimate(1, "x", cut(number, 4)) for number in range(4)]
        assert (whole, sum(parts), max(parts) < 13) == (13, 13, True)
        assert await stores.devices.estimate(3, "x", KeyRange("", "")) == 0

    on(play)


def test_a_run_that_is_not_over_is_found_by_the_tags_of_its_audience(on: On) -> None:
    async def play(stores: Any) -> None:
        audience = Audience(groups=(("x", "y"), ("z",)))
        await stores.runs.accept(schedule(audience=audience), run(audience=audience), [])
        assert await stores.runs.live_with_tag("z") == "s" * 24
        assert await stores.runs.live_with_tag("w") is None
        read = await stores.runs.get("s" * 24)
        version = await stores.runs.move(read.value.model_copy(update={"state": State.SENDING}), read.version)
        assert await stores.runs.live_with_tag("y") == "s" * 24
        await stores.runs.move(read.value.model_copy(update={"state": State.SENT}), version)
        assert await stores.runs.live_with_tag("y") is None

    on(play)


def test_a_deleted_tag_is_gone_at_once_also_from_memory(on: On) -> None:
    async def play(stores: Any) -> None:
        stored = Tag(id=tag_key(TagType.USER, "a", "b"), name="a", value="b", type=TagType.USER)
        await stores.tags.create(stored)
        assert await stores.tags.get_many([stored.id])
        assert await stores.tags.find_many([stored.id])
        await stores.tags.delete(stored.id)
        await stores.tags.delete(stored.id)
        assert await stores.tags.get(stored.id) is None
        assert (await stores.tags.get_many([stored.id]), await stores.tags.find_many([stored.id])) == ({}, {})

    on(play)

"""Apps: made once, changed without losing anybody's change, listed by id."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes.made import device, run, schedule
from push.domain.app import App, Client, Limits, ReceiptMode, Receipts
from push.domain.audience import Audience, AudienceKind
from push.domain.errors import Conflict
from push.domain.keyspace import KeyRange
from push.domain.schedule import State

On = Callable[[Callable[[Any], Awaitable[None]]], None]


def app(id: int, **fields: Any) -> App:
    known: dict[str, Any] = {"name": f"App {id}", "firebase_project": "wines", "created_at": 1_000}
    return App(id=id, **known | fields)


def test_an_app_comes_back_whole(on: On) -> None:
    async def play(stores: Any) -> None:
        whole = app(
            7, limits=Limits(tags_per_device=5), receipts=Receipts(mode=ReceiptMode.SAMPLED, rate=0.25),
            clients=(Client(id="c", secrets=()),),
        )  # fmt: skip
        await stores.apps.create(whole)
        assert await stores.apps.get(7) == whole

    on(play)


def test_an_id_is_taken_once(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.apps.create(app(7))
        with pytest.raises(Conflict):
            await stores.apps.create(app(7, name="Another"))
        assert (await stores.apps.get(7)).name == "App 7"

    on(play)


def test_two_who_change_an_app_at_once_both_do(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.apps.create(app(7))

        def adding(sound: str) -> Callable[[App], App]:
            return lambda before: before.model_copy(update={"sounds": (*before.sounds, sound)})

        await asyncio.gather(*(stores.apps.change(7, adding(sound)) for sound in "ab"))
        assert sorted((await stores.apps.get(7)).sounds) == ["a", "b"]
        assert await stores.apps.change(8, adding("c")) is None

    on(play)


def test_a_deleted_app_is_gone_and_told_once(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.apps.create(app(7))
        assert await stores.apps.delete(7) == app(7)
        assert await stores.apps.delete(7) is None
        assert await stores.apps.get(7) is None

    on(play)


def test_apps_are_listed_by_id_page_by_page(on: On) -> None:
    async def play(stores: Any) -> None:
        assert (await stores.apps.last(), await stores.apps.count()) == (0, 0)
        for id in (10, 9, 2, 1, 5):
            await stores.apps.create(app(id))
        first, cursor = await stores.apps.list(2, 0, None)
        second, cursor = await stores.apps.list(2, 0, cursor)
        third, end = await stores.apps.list(2, 0, cursor)
        assert [each.id for each in (*first, *second, *third)] == [1, 2, 5, 9, 10]
        assert end is None
        assert [each.id for each in (await stores.apps.list(9, 3, None))[0]] == [9, 10]
        assert await stores.apps.list(9, 0, "x") == ([], None)
        assert (await stores.apps.last(), await stores.apps.count()) == (10, 5)

    on(play)


def test_an_app_knows_whether_it_has_a_device(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])
        assert (await stores.devices.any(1), await stores.devices.any(2)) == (True, False)

    on(play)


def test_a_job_deletes_only_the_app_that_is_its_own(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.apps.create(app(7, deleting="job-1"))
        assert await stores.apps.delete(7, "job-2") is None
        assert await stores.apps.delete(8, "job-1") is None
        assert (await stores.apps.delete(7, "job-1")).deleting == "job-1"
        assert await stores.apps.get(7) is None

    on(play)


def test_an_apps_devices_are_cleared_page_by_page_with_their_targets(on: On) -> None:
    async def play(stores: Any) -> None:
        mine = [device(number, f"t-{number}", f"u-{number}", app=7) for number in range(5)]
        await stores.devices.put_many(7, mine)
        await stores.devices.put_many(8, [device(9, app=8)])
        assert tuple(await stores.devices.clear(7, 3)) == (3, True)
        left = [e async for batch in stores.audience.scan(7, (), KeyRange("", ""), "") for e in batch]
        assert len(left) == 4
        assert tuple(await stores.devices.clear(7, 3)) == (2, True)
        assert tuple(await stores.devices.clear(7, 3)) == (0, False)
        assert not await stores.devices.any(7)
        assert [e async for batch in stores.audience.scan(7, (), KeyRange("", ""), "") for e in batch] == []
        assert await stores.devices.any(8)

    on(play)


def test_an_apps_live_runs_are_found_and_whom_its_runs_meant_is_forgotten(on: On) -> None:
    async def play(stores: Any) -> None:
        meant = Audience(kind=AudienceKind.ALIASES, listed=3)
        states = [State.SCHEDULED, State.SENDING, State.SENT, State.DRAFT]
        for number, state in enumerate(states):
            id_ = f"{number}" * 24
            made_run = run(id_, app=7, state=state, audience=meant)
            await stores.runs.accept(schedule(id_, app=7, state=state), made_run, [["a", "b", "c"]])
        await stores.runs.accept(schedule("9" * 24, app=8), run("9" * 24, app=8, audience=meant), [["a"]])
        assert sorted(await stores.runs.live_of(7, 9)) == ["0" * 24, "1" * 24]
        assert len(await stores.runs.live_of(7, 1)) == 1
        after = await stores.traces.erase_lists(7, "", 3)
        assert after == "2" * 24
        assert await stores.runs.list_items("3" * 24, "0") == ("a", "b", "c")
        assert await stores.traces.erase_lists(7, after, 3) is None
        assert [await stores.runs.list_items(str(n) * 24, "0") for n in range(4)] == [()] * 4
        assert await stores.runs.list_items("9" * 24, "0") == ("a",)

    on(play)


def test_an_app_is_recalled_as_it_was_made_here_last(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.apps.recall(7) is None
        await stores.apps.create(app(7))
        assert (await stores.apps.recall(7)).name == "App 7"
        await stores.apps.change(7, lambda found: found.model_copy(update={"name": "Wines"}))
        assert (await stores.apps.recall(7)).name == "Wines"
        await stores.apps.delete(7)
        assert await stores.apps.recall(7) is None

    on(play)

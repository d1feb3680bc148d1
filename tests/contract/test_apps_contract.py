"""Apps: made once, changed without losing anybody's change, listed by id."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes.made import device
from push.domain.app import App, Client, Limits, ReceiptMode, Receipts
from push.domain.errors import Conflict

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

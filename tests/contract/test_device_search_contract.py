"""Finding devices and deleting them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes.made import device, target
from push.domain.device import Platform
from push.domain.device_search import DeviceSearch
from push.domain.keyspace import KeyRange

On = Callable[[Callable[[Any], Awaitable[None]]], None]


async def pages(stores: Any, wanted: DeviceSearch, limit: int) -> list[list[str]]:
    after, found = None, []
    while True:
        devices, after = await stores.devices.search(1, wanted, limit, after)
        found.append([each.alias for each in devices])
        if after is None:
            return found


async def fill(stores: Any) -> None:
    devices = [device(number, tags=("even",) if number % 2 == 0 else ("odd", "other")) for number in range(6)]
    devices[4] = devices[4].model_copy(update={"user": "identified-1", "targets": (target("i", Platform.IOS),)})
    await stores.devices.put_many(1, [*devices, device(7, alias="bob", tags=("odd",))])
    await stores.devices.put_many(2, [device(8, "elsewhere", alias="alias-8", tags=("odd",))])


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (DeviceSearch(), ["alias-0", "alias-1", "alias-2", "alias-3", "alias-4", "alias-5", "bob"]),
        (DeviceSearch(alias="alias-1"), ["alias-1"]),
        (DeviceSearch(alias="alias-1", tags=("even",)), []),
        (DeviceSearch(alias="alias"), []),
        (DeviceSearch(alias_prefix="alias-"), ["alias-0", "alias-1", "alias-2", "alias-3", "alias-4", "alias-5"]),
        (DeviceSearch(alias_prefix="alias-", tags=("odd",)), ["alias-1", "alias-3", "alias-5"]),
        (DeviceSearch(tags=("odd",)), ["alias-1", "alias-3", "alias-5", "bob"]),
        (DeviceSearch(tags=("odd", "other")), ["alias-1", "alias-3", "alias-5"]),
        (DeviceSearch(platform=Platform.IOS), ["alias-4"]),
        (DeviceSearch(user="identified-1"), ["alias-4"]),
        (DeviceSearch(user="identified-1", tags=("odd",)), []),
    ],
)
def test_a_search_finds_each_device_once_however_it_is_paged(on: On, wanted: DeviceSearch, expected: list[str]) -> None:
    async def play(stores: Any) -> None:
        await fill(stores)
        for limit in (2, 100):
            found = await pages(stores, wanted, limit)
            assert sorted(alias for page in found for alias in page) == expected
            assert all(len(page) <= limit for page in found)

    on(play)


def test_a_cursor_that_nothing_can_have_finds_nobody(on: On) -> None:
    async def play(stores: Any) -> None:
        await fill(stores)
        assert (await stores.devices.search(1, DeviceSearch(alias_prefix="alias"), 9, "zzz"))[0] == []

    on(play)


def test_a_deleted_device_leaves_the_audience(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1, "t1", "t2"), device(2, "t3")])
        assert await stores.devices.delete(1, device(1).id) == device(1, "t1", "t2")
        assert await stores.devices.delete(1, device(1).id) is None
        assert await stores.devices.delete(2, device(2).id) is None
        batches = [batch async for batch in stores.audience.scan(1, (), KeyRange("", ""), "")]
        assert [entry.target.value for batch in batches for entry in batch] == ["t3"]

    on(play)

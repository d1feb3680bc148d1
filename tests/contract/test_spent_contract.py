"""What limits are held against."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

On = Callable[[Callable[[Any], Awaitable[None]]], None]


def test_what_is_used_adds_up_for_each_bucket(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.spent.read("a|10.0.0.1") == 0
        await asyncio.gather(*(stores.spent.add("a|10.0.0.1", 2, 5_000) for _ in range(5)))
        await stores.spent.add("b|::1/x", 1, 5_000)
        assert (await stores.spent.read("a|10.0.0.1"), await stores.spent.read("b|::1/x")) == (10, 1)

    on(play)


def test_a_bucket_of_several_shards_adds_up_as_well(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.spent.read("app", 8) == 0
        await asyncio.gather(*(stores.spent.add("app", 1, 5_000, 8) for _ in range(30)))
        assert await stores.spent.read("app", 8) == 30
        assert await stores.spent.read("another app", 8) == 0

    on(play)

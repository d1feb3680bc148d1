"""Small calls that become large ones, and the bound on how many wait."""

import asyncio
from collections.abc import Sequence

import pytest

from push.domain.errors import TooManyRequests, Unavailable
from push.usecases.gather import Gather


class Store:
    """Stores when told to; remembers what came together."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.error: Exception | None = None

    async def work(self, items: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(items))
        await self.open.wait()
        if self.error:
            raise self.error
        return [ValueError("odd") if item % 2 else item * 10 for item in items]


def test_what_comes_while_a_call_is_on_its_way_goes_together_and_nobody_is_answered_before_it_is_done() -> None:
    async def play() -> None:
        store, gather = Store(), Gather[int, int](1, 3, 10)
        calls = [asyncio.create_task(gather(item, store.work)) for item in (0, 2, 4, 5, 8)]
        await asyncio.sleep(0.01)
        assert not any(call.done() for call in calls)
        store.open.set()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert (answers[:3], answers[4]) == ([0, 20, 40], 80)
        assert isinstance(answers[3], ValueError)
        assert store.batches == [[0, 2, 4], [5, 8]]

    asyncio.run(play())


def test_beyond_its_bound_it_refuses_and_takes_again_when_there_is_room() -> None:
    async def play() -> None:
        store, gather = Store(), Gather[int, int](2, 1, 3)
        calls = []
        for item in range(0, 10, 2):
            calls.append(asyncio.create_task(gather(item, store.work)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert len(store.batches) == 2
        with pytest.raises(TooManyRequests) as refused:
            await gather(99, store.work)
        assert refused.value.retry_after >= 1
        store.open.set()
        assert await asyncio.gather(*calls) == [0, 20, 40, 60, 80]
        assert await gather(100, store.work) == 1_000

    asyncio.run(play())


def test_trouble_is_told_to_everybody_in_the_batch_and_to_nobody_after() -> None:
    async def play() -> None:
        store, gather = Store(), Gather[int, int](1, 10, 10)
        store.open.set()
        store.error = Unavailable("down")
        answers = await asyncio.gather(gather(2, store.work), gather(4, store.work), return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
        store.error = None
        assert await gather(6, store.work) == 60

    asyncio.run(play())


def test_a_caller_that_has_gone_is_not_worked_for() -> None:
    async def play() -> None:
        store, gather = Store(), Gather[int, int](1, 1, 10)
        first = asyncio.create_task(gather(2, store.work))
        await asyncio.sleep(0.01)
        gone = asyncio.create_task(gather(4, store.work))
        await asyncio.sleep(0.01)
        gone.cancel()
        store.open.set()
        assert await first == 20
        assert await gather(6, store.work) == 60
        assert store.batches == [[2], [6]]

    asyncio.run(play())

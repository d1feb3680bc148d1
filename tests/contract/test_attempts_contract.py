"""Wrong passwords: each is counted, for a quarter of an hour, for its own name."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from push.domain.attempts import MOST, WINDOW_MS, wait_ms

On = Callable[[Callable[[Any], Awaitable[None]]], None]


def test_failures_are_kept_by_name_without_case(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.attempts.failed("Ann", 1_000)
        await stores.attempts.failed(" ann", 2_000)
        assert await stores.attempts.failures("ANN", 3_000) == (1_000, 2_000)
        assert await stores.attempts.failures("bea", 3_000) == ()

    on(play)


def test_failures_are_forgotten_after_a_quarter_of_an_hour(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.attempts.failed("ann", 1_000)
        await stores.attempts.failed("ann", 2_000)
        assert await stores.attempts.failures("ann", 1_000 + WINDOW_MS) == (2_000,)

    on(play)


def test_of_several_at_once_each_counts_and_no_more_are_kept_than_needed(on: On) -> None:
    async def play(stores: Any) -> None:
        await asyncio.gather(*(stores.attempts.failed("ann", at) for at in (1_000, 2_000, 3_000)))
        assert await stores.attempts.failures("ann", 3_000) == (1_000, 2_000, 3_000)
        for at in range(4_000, 4_000 + MOST):
            await stores.attempts.failed("ann", at)
        assert await stores.attempts.failures("ann", 9_000) == tuple(range(4_000, 4_000 + MOST))

    on(play)


def test_the_tenth_within_the_quarter_makes_a_name_wait_until_the_first_is_forgotten() -> None:
    nine = [1_000 * n for n in range(1, MOST)]
    assert wait_ms(nine, 10_000) == 0
    assert wait_ms([*nine, 10_000], 10_000) == 1_000 + WINDOW_MS - 10_000
    assert wait_ms([*nine, 10_000], 1_000 + WINDOW_MS) == 0

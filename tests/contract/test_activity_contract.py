"""What phones said: once for each device and action, whatever the order and however many say it at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from push.domain.activity import Action, Event

On = Callable[[Callable[[Any], Awaitable[None]]], None]
RUN = "s" * 24


def event(device: int, action: Action = Action.RECEIPT, at: int = 5_000, run: str = RUN) -> Event:
    return Event(run, f"{device:024x}", action, "android", at)


def test_a_run_of_which_nothing_was_heard_has_no_activity(on: On) -> None:
    async def play(stores: Any) -> None:
        assert (await stores.activity.tally(RUN))[:3] == (0, 0, 0)

    on(play)


def test_repeats_count_once_also_in_one_call_and_actions_count_apart(on: On) -> None:
    async def play(stores: Any) -> None:
        said = [event(1), event(1, at=6_000), event(2, Action.OPEN), event(2, Action.DISMISS), event(3)]
        await stores.activity.record_many([*said, event(1, run="t" * 24)])
        await stores.activity.record_many([event(1, at=9_000), event(3, Action.OPEN)])
        assert (await stores.activity.tally(RUN))[:3] == (2, 2, 1)
        assert (await stores.activity.tally("t" * 24))[:3] == (1, 0, 0)

    on(play)


def test_devices_that_report_at_once_from_many_sides_are_all_counted_and_none_twice(on: On) -> None:
    async def play(stores: Any) -> None:
        rounds = [[event(n, action) for n in range(60)] for action in Action for _ in range(6)]
        await asyncio.gather(*(stores.activity.record_many(events) for events in rounds))
        assert (await stores.activity.tally(RUN))[:3] == (60, 60, 60)

    on(play)


def test_a_full_call_is_stored_whole(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.activity.record_many([event(n) for n in range(500)])
        tally = await stores.activity.tally(RUN)
        assert tally.receipt == 500
        assert await stores.activity.tally(RUN) == tally

    on(play)

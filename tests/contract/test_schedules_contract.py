"""Searching schedules: by name, state, app and time, in an order that stays while others come and go."""

from collections.abc import Awaitable, Callable
from typing import Any

from fakes.made import run, schedule
from push.domain.schedule import Search, State

On = Callable[[Callable[[Any], Awaitable[None]]], None]
NAMES = ["Autumn wines", "AUTUMN leaves", "autumn wines", "Winter", "Äpfel", "Autumn wines"]


async def fill(stores: Any) -> None:
    for number, name in enumerate(NAMES):
        id_ = f"{number:024x}"
        state = State.SENT if number % 2 else State.SCHEDULED
        made = schedule(id_, name=name, app=number % 3, state=state, created_at=number, send_on=1_000 * (number // 2))
        await stores.runs.accept(made, run(id_), [])


async def found(stores: Any, **search: Any) -> list[int]:
    items, end = await stores.schedules.list(Search(**search), 10, 0, None)
    assert end is None
    assert await stores.schedules.count(Search(**search)) == len(items)
    return [int(item.id, 16) for item in items]


def test_a_name_is_found_by_how_it_begins_in_any_spelling(on: On) -> None:
    async def play(stores: Any) -> None:
        await fill(stores)
        assert await found(stores, name="autUMN w") == [0, 2, 5]
        assert await found(stores, name="AUTUMN") == [1, 0, 2, 5]
        assert await found(stores, name="a\u0308") == [4]
        assert await found(stores, name="wines") == []

    on(play)


def test_state_app_and_time_narrow_each_other(on: On) -> None:
    async def play(stores: Any) -> None:
        await fill(stores)
        assert await found(stores, state=State.SENT) == [5, 3, 1]
        assert await found(stores, app=1) == [4, 1]
        assert await found(stores, app=1, state=State.SENT) == [1]
        assert await found(stores, send_from=1_000) == [5, 4, 3, 2]
        assert await found(stores, send_from=1_000, send_to=1_000) == [3, 2]
        assert await found(stores, send_to=1_000, state=State.SENT) == [3, 1]
        assert await found(stores, name="autumn", send_from=1_000) == [2, 5]
        assert await found(stores, name="autumn", send_to=1_000, app=2, state=State.SCHEDULED) == [2]

    on(play)


def test_whatever_is_looked_for_together_is_found_and_counted(on: On) -> None:
    """Each of these is a query with an index of its own (test_queries_of_adapters.py)."""
    narrowed: list[dict[str, Any]] = [{}, {"app": 2}, {"state": State.SENT}, {"app": 2, "state": State.SENT}]
    by: list[dict[str, Any]] = [{}, {"name": "autumn"}, {"send_from": 1_000}, {"name": "autumn", "send_from": 1_000}]

    async def play(stores: Any) -> None:
        await fill(stores)
        numbers = [[await found(stores, **one, **other) for other in by] for one in narrowed]
        assert numbers == [
            [[5, 4, 3, 2, 1, 0], [1, 0, 2, 5], [5, 4, 3, 2], [2, 5]],
            [[5, 2], [2, 5], [5, 2], [2, 5]],
            [[5, 3, 1], [1, 5], [5, 3], [5]],
            [[5], [5], [5], [5]],
        ]

    on(play)


def test_pages_follow_each_other_though_names_and_times_repeat_and_the_last_one_seen_is_removed(on: On) -> None:
    async def play(stores: Any) -> None:
        await fill(stores)
        for search, expected in (
            (Search(), [5, 4, 3, 2, 1, 0]),
            (Search(name=""), [1, 0, 2, 5, 3, 4]),
            (Search(send_from=0), [5, 4, 3, 2, 1, 0]),
        ):
            read: list[int] = []
            after = None
            while True:
                items, after = await stores.schedules.list(search, 1, 0, after)
                read += [int(item.id, 16) for item in items]
                if after is None:
                    break
            assert read == expected
        _, after = await stores.schedules.list(Search(name="autumn"), 2, 0, None)
        await stores.runs.remove(after.id, None, None)
        items, _ = await stores.schedules.list(Search(name="autumn"), 2, 0, after)
        assert [int(item.id, 16) for item in items] == [2, 5]

    on(play)

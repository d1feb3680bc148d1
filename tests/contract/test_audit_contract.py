"""Who changed what: kept whole, read newest first, a page at a time."""

from collections.abc import Awaitable, Callable
from typing import Any

from push.domain.audit import HIDDEN, Action, Change, difference
from push.domain.device import Target, TargetKind

On = Callable[[Callable[[Any], Awaitable[None]]], None]


def change(number: int, **fields: Any) -> Change:
    known: dict[str, Any] = {
        "id": f"{number:024x}", "at": 1_000 + number, "actor": "admin", "action": Action.UPDATE, "resource": "tag",
        "resource_id": "t1", "changes": {"name": ["a", "b"], "list": [None, [[1], [2]]]},
    }  # fmt: skip
    return Change(**known | fields)


def test_changes_come_newest_first_page_by_page(on: On) -> None:
    async def play(stores: Any) -> None:
        for number in range(5):
            await stores.audit.record(change(number, resource="app" if number % 2 else "tag"))
        first, cursor = await stores.audit.list(None, None, 3, None)
        rest, end = await stores.audit.list(None, None, 3, cursor)
        assert [c.at for c in first + rest] == [1_004, 1_003, 1_002, 1_001, 1_000]
        assert end is None
        assert first[0] == change(4)
        apps, _ = await stores.audit.list("app", None, 3, None)
        assert [c.at for c in apps] == [1_003, 1_001]
        assert (await stores.audit.list("tag", "t1", 9, None))[0][0] == change(4)
        assert await stores.audit.list("tag", "t2", 9, None) == ([], None)
        assert await stores.audit.list(None, None, 3, "a/b") == ([], None)

    on(play)


def test_a_difference_names_the_fields_that_changed_and_no_secret() -> None:
    class Thing(Target):
        password: str

    before = Thing(kind=TargetKind.TOKEN, value="v", platform="ios", password="one")
    after = before.model_copy(update={"value": "w", "password": "two"})
    assert difference(before, after) == {"value": ["v", "w"], "password": [HIDDEN, HIDDEN]}
    assert difference(None, after)["password"] == [HIDDEN, HIDDEN]

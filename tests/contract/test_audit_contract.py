"""Who changed what: kept whole, read newest first, a page at a time."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from push.domain.audit import HIDDEN, Action, AuditSearch, Change, difference
from push.domain.device import Target, TargetKind

On = Callable[[Callable[[Any], Awaitable[None]]], None]
ALL = AuditSearch()


def change(number: int, **fields: Any) -> Change:
    known: dict[str, Any] = {
        "id": f"{number:024x}", "at": 1_000 + number, "actor": "admin", "action": Action.UPDATE, "resource": "tag",
        "resource_id": "t1", "changes": {"name": ["a", "b"], "list": [None, [[1], [2]]]},
    }  # fmt: skip
    return Change(**known | fields)


def test_changes_come_newest_first_page_by_page(on: On) -> None:
    async def play(stores: Any) -> None:
        for number in range(5):
            await stores.audit.record(change(number))
        first, cursor = await stores.audit.list(ALL, 3, 0, None)
        rest, end = await stores.audit.list(ALL, 3, 0, cursor)
        assert [c.at for c in first + rest] == [1_004, 1_003, 1_002, 1_001, 1_000]
        assert end is None
        assert first[0] == change(4)
        assert [c.at for c in (await stores.audit.list(ALL, 2, 3, None))[0]] == [1_001, 1_000]
        assert await stores.audit.list(ALL, 3, 0, "a/b") == ([], None)
        assert await stores.audit.count(ALL) == 5

    on(play)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"resource": "app"}, [3, 1]), ({"resource": "tag", "resource_id": "t1"}, [4, 2, 0]),
        ({"resource_id": "t2"}, []), ({"app": 7}, [3]), ({"actor": "ann"}, [2, 1]),
        ({"resource": "app", "actor": "ann"}, [1]), ({"resource": "tag", "app": 7}, []),
    ],
    ids=str,
)  # fmt: skip
def test_changes_are_found_by_what_who_and_app(on: On, wanted: dict[str, Any], found: list[int]) -> None:
    async def play(stores: Any) -> None:
        for number in range(5):
            said = {"app": 7 if number == 3 else None, "actor": "ann" if number in (1, 2) else "admin"}
            await stores.audit.record(change(number, resource="app" if number % 2 else "tag", **said))
        changes, _ = await stores.audit.list(AuditSearch(**wanted), 9, 0, None)
        assert [c.at - 1_000 for c in changes] == found
        assert await stores.audit.count(AuditSearch(**wanted)) == len(found)

    on(play)


def test_a_difference_names_the_fields_that_changed_and_no_secret() -> None:
    class Thing(Target):
        password: str

    before = Thing(kind=TargetKind.TOKEN, value="v", platform="ios", password="one")
    after = before.model_copy(update={"value": "w", "password": "two"})
    assert difference(before, after) == {"value": ["v", "w"], "password": [HIDDEN, HIDDEN]}
    assert difference(None, after)["password"] == [HIDDEN, HIDDEN]

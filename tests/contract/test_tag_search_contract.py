"""Tags: found by how their name or value begins, made once, described anew."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from push.domain.errors import Conflict, Stale
from push.domain.tag import Tag, TagType, tag_key
from push.domain.tag_search import TagSearch
from push.ports.console import Kind

On = Callable[[Callable[[Any], Awaitable[None]]], None]
PAIRS = [("City", "Porto"), ("city", "Lisboa"), ("Club", "gold"), ("Age", "18"), ("Color", "Gold")]


def tag(name: str, value: str, type_: TagType = TagType.USER) -> Tag:
    return Tag(id=tag_key(type_, name, value), name=name, value=value, type=type_)


@pytest.mark.parametrize(
    ("wanted", "expected", "total"),
    [
        (TagSearch(), ["18", "Lisboa", "Porto", "gold", "Gold", "Phone"], 6),
        (TagSearch(type=TagType.USER), ["18", "Lisboa", "Porto", "gold", "Gold"], 5),
        (TagSearch(type=TagType.DEVICE), ["Phone"], 1),
        (TagSearch(name="CI"), ["Lisboa", "Porto"], 2),
        (TagSearch(value="GOL"), ["gold", "Gold"], 2),
        (TagSearch(type=TagType.USER, value="p"), ["Porto"], 1),
        (TagSearch(name="c", value="g"), ["gold", "Gold"], None),
        (TagSearch(name="x"), [], 0),
    ],
)
def test_tags_are_found_by_how_they_begin_in_order_and_page_by_page(
    on: On, wanted: TagSearch, expected: list[str], total: int | None
) -> None:
    async def play(stores: Any) -> None:
        await stores.tags.create_missing([*(tag(*pair) for pair in PAIRS), tag("Device Type", "Phone", TagType.DEVICE)])
        found = await stores.tags.search(wanted, 9, 0, None)
        assert [each.value for each in found] == expected
        assert await stores.tags.count(wanted) == total
        if len(found) > 1:
            assert await stores.tags.search(wanted, 1, 1, None) == found[1:2]
            assert await stores.tags.search(wanted, 9, 0, wanted.position(found[0])) == found[1:]

    on(play)


def test_of_two_who_make_one_tag_the_second_is_told(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.tags.create(tag("City", "Porto"))
        with pytest.raises(Conflict):
            await stores.tags.create(tag("CITY", "porto"))
        assert await stores.tags.get(tag("City", "Porto").id) == tag("City", "Porto")

    on(play)


def test_a_description_changes_at_once_and_nothing_else(on: On) -> None:
    async def play(stores: Any) -> None:
        stored = tag("City", "Porto")
        await stores.tags.create(stored)
        assert await stores.tags.get_many([stored.id]) == {stored.id: stored}
        described = stored.model_copy(update={"description": "in the north"})
        read = await stores.console.read(Kind.TAGS, stored.id)
        await stores.tags.describe(described, read.version)
        assert await stores.tags.get(stored.id) == described
        assert await stores.tags.get_many([stored.id]) == {stored.id: described}
        for nobodys in (stored, tag("City", "Faro")):
            with pytest.raises(Stale):
                await stores.tags.describe(nobodys, read.version)
        assert await stores.tags.get(stored.id) == described

    on(play)

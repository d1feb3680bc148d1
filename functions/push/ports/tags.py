from collections.abc import Sequence
from typing import Any, Protocol

from push.domain.tag import Tag
from push.domain.tag_search import Position as TagPosition
from push.domain.tag_search import TagSearch


class Tags(Protocol):
    """Tags never change their name, value or type, so what was found may be remembered for a while."""

    async def get_many(self, ids: Sequence[str]) -> dict[str, Tag]:
        """Those that exist, by id."""

    async def find_many(self, keys: Sequence[str]) -> dict[str, list[Tag]]:
        """Those that exist, by tag key (domain.tag.tag_key); an imported tag's id is not its key."""

    async def create_missing(self, tags: Sequence[Tag]) -> None:
        """Stores those whose id is not taken. Two callers with the same tags are both right."""

    async def get(self, id: str) -> Tag | None:
        """As it is now, never as remembered."""

    async def create(self, tag: Tag) -> None:
        """Raises Conflict when its id is taken."""

    async def describe(self, tag: Tag, version: Any) -> None:
        """It has another description. Raises Stale when its document is not at `version`."""

    async def delete(self, id: str) -> None:
        """Nothing when it is gone already. Other processes may remember it for a minute."""

    async def search(self, wanted: TagSearch, limit: int, offset: int, after: TagPosition | None) -> list[Tag]:
        """At most `limit` stored tags in the search's order, from `offset` on or after a position. Looks at no more
        than 10,000 of those that begin as asked for."""

    async def names(self, limit: int) -> list[str]:
        """At most so many different names of stored tags, in order, each in the spelling of one of its tags. It costs a
        read for each."""

    async def count(self, wanted: TagSearch) -> int | None:
        """How many there are; None past 100,000, and where the store cannot tell without looking at each."""

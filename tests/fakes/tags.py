"""Tags, in memory."""

from collections.abc import Sequence

from push.domain.errors import Conflict, NotFound
from push.domain.tag import Tag, fold, tag_key
from push.domain.tag_search import Position, TagSearch


class FakeTags:
    def __init__(self) -> None:
        self.stored: dict[str, Tag] = {}

    async def get_many(self, ids: Sequence[str]) -> dict[str, Tag]:
        return {id_: self.stored[id_] for id_ in ids if id_ in self.stored}

    async def find_many(self, keys: Sequence[str]) -> dict[str, list[Tag]]:
        found: dict[str, list[Tag]] = {}
        for tag in self.stored.values():
            key = tag_key(tag.type, tag.name, tag.value)
            if key in keys:
                found.setdefault(key, []).append(tag)
        return found

    async def create_missing(self, tags: Sequence[Tag]) -> None:
        for tag in tags:
            self.stored.setdefault(tag.id, tag)

    async def get(self, id: str) -> Tag | None:
        return self.stored.get(id)

    async def create(self, tag: Tag) -> None:
        if tag.id in self.stored:
            raise Conflict(f"tag {tag.id} exists")
        self.stored[tag.id] = tag

    async def describe(self, id: str, description: str) -> None:
        if id not in self.stored:
            raise NotFound("no such tag")
        self.stored[id] = self.stored[id].model_copy(update={"description": description})

    async def delete(self, id: str) -> None:
        self.stored.pop(id, None)

    async def search(self, wanted: TagSearch, limit: int, offset: int, after: Position | None) -> list[Tag]:
        found = sorted((tag for tag in self.stored.values() if wanted.finds(tag)), key=wanted.position)
        return [tag for tag in found if after is None or wanted.position(tag) > after][offset:][:limit]

    async def names(self, limit: int) -> list[str]:
        by_name = sorted((fold(tag.name), tag.name) for tag in self.stored.values())
        return list(dict(by_name).values())[:limit]

    async def count(self, wanted: TagSearch) -> int | None:
        return len([tag for tag in self.stored.values() if wanted.finds(tag)]) if wanted.exact else None

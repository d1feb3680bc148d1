"""Tags, in memory."""

from collections.abc import Mapping, Sequence
from typing import Any

from fakes.documents import Documents
from push.adapters.firestore.tag_documents import encode
from push.domain.errors import Conflict, Stale
from push.domain.tag import Tag, fold, tag_key
from push.domain.tag_search import Position, TagSearch


class FakeTags:
    """`documents` are shared with FakeConsole: a version is the document's, whoever wrote that."""

    def __init__(self) -> None:
        self.stored: dict[str, Tag] = {}
        self.documents = Documents()

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

    async def describe(self, tag: Tag, version: Any) -> None:
        if tag.id not in self.stored or self.version(tag.id) != version:
            raise Stale
        self.put(tag)

    async def delete(self, id: str) -> None:
        self.drop(id)

    def version(self, id: str) -> int | None:
        found = self.documents.version(id)
        return 0 if found is None and id in self.stored else found

    def put(self, tag: Tag, more: Mapping[str, Any] | None = None) -> None:
        """Accepted, and what its document says, with what else that says."""
        self.documents.put(tag.id, encode(tag) | dict(more or {}))
        self.stored[tag.id] = tag

    def drop(self, id: str) -> None:
        self.stored.pop(id, None)
        self.documents.drop(id)

    async def search(self, wanted: TagSearch, limit: int, offset: int, after: Position | None) -> list[Tag]:
        found = sorted((tag for tag in self.stored.values() if wanted.finds(tag)), key=wanted.position)
        return [tag for tag in found if after is None or wanted.position(tag) > after][offset:][:limit]

    async def names(self, limit: int) -> list[str]:
        by_name = sorted((fold(tag.name), tag.name) for tag in self.stored.values())
        return list(dict(by_name).values())[:limit]

    async def count(self, wanted: TagSearch) -> int | None:
        return len([tag for tag in self.stored.values() if wanted.finds(tag)]) if wanted.exact else None

"""Tags, in memory."""

from collections.abc import Sequence

from push.domain.tag import Tag, tag_key


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

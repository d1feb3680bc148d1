"""`tags/{id}`, with `key`: the hash of type, name and value that finds a tag in any spelling."""

import time
from collections.abc import Sequence
from typing import Generic, TypeVar

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import GUARD, translated
from push.domain.audience import MAX_DISJUNCTIONS
from push.domain.tag import Tag, tag_key

_CODEC = Codec(Tag)


T = TypeVar("T")


class Memory(Generic[T]):
    """What was found, for a minute and at most 10,000 of it."""

    SECONDS = 60.0
    MOST = 10_000

    def __init__(self) -> None:
        self._rows: dict[str, tuple[float, T]] = {}

    def get(self, key: str) -> T | None:
        row = self._rows.get(key)
        return row[1] if row is not None and time.monotonic() - row[0] < self.SECONDS else None

    def put(self, key: str, value: T) -> None:
        if len(self._rows) >= self.MOST:
            self._rows.clear()
        self._rows[key] = (time.monotonic(), value)

    def drop(self, key: str) -> None:
        self._rows.pop(key, None)


class FirestoreTags:
    """Found tags are remembered for a minute: every device sync names a dozen of the same ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_id: Memory[Tag] = Memory()
        self._by_key: Memory[list[Tag]] = Memory()

    async def get_many(self, ids: Sequence[str]) -> dict[str, Tag]:
        remembered = {id_: row for id_ in ids if (row := self._by_id.get(id_)) is not None}
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_ not in remembered and is_document_id(id_)]
        if not wanted:
            return remembered
        references = [self._database.client.document(f"tags/{id_}") for id_ in wanted]
        found: dict[str, Tag] = {}
        with translated():
            async for snapshot in self._database.client.get_all(references):
                if snapshot.exists:
                    found[snapshot.id] = _CODEC.decode(snapshot.to_dict())
        for id_, tag in found.items():
            self._by_id.put(id_, tag)
        return remembered | found

    async def find_many(self, keys: Sequence[str]) -> dict[str, list[Tag]]:
        remembered = {key: row for key in keys if (row := self._by_key.get(key)) is not None}
        missing = [key for key in dict.fromkeys(keys) if key not in remembered]
        found: dict[str, list[Tag]] = {}
        for start in range(0, len(missing), MAX_DISJUNCTIONS):
            some = missing[start : start + MAX_DISJUNCTIONS]
            query = self._database.client.collection("tags").where(filter=FieldFilter("key", "in", some))
            with translated():
                async for snapshot in query.stream():
                    tag = _CODEC.decode(snapshot.to_dict())
                    found.setdefault(snapshot.get("key"), []).append(tag)
        for key, tags in found.items():
            self._by_key.put(key, tags)
        return remembered | found

    async def create_missing(self, tags: Sequence[Tag]) -> None:
        for tag in tags:
            document = _CODEC.encode(tag) | {"key": tag_key(tag.type, tag.name, tag.value)}
            try:
                with translated():
                    await self._database.client.document(f"tags/{tag.id}").create(document)
            except GUARD:
                continue  # somebody else made the same tag

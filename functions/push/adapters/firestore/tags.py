"""`tags/{id}`, with `key`: the hash of type, name and value that finds a tag in any spelling."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.counting import counted
from push.adapters.firestore.errors import GUARD, translated
from push.adapters.firestore.memory import Memory
from push.adapters.firestore.raw import overwriting
from push.adapters.firestore.tag_documents import SCANNED, encode, readable, tag_query
from push.domain.audience import MAX_DISJUNCTIONS
from push.domain.errors import Conflict
from push.domain.tag import Tag, tag_key
from push.domain.tag_search import Position, TagSearch, end_of_name

_CREATED_AT_ONCE = 20


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
                if snapshot.exists and (tag := readable(snapshot)) is not None:
                    found[snapshot.id] = tag
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
                    if (tag := readable(snapshot)) is not None:
                        found.setdefault(tag_key(tag.type, tag.name, tag.value), []).append(tag)
        for key, tags in found.items():
            self._by_key.put(key, tags)
        return remembered | found

    async def create_missing(self, tags: Sequence[Tag]) -> None:
        slots = asyncio.Semaphore(_CREATED_AT_ONCE)

        async def create(tag: Tag) -> None:
            async with slots:
                with contextlib.suppress(Conflict):  # somebody else made the same tag
                    await self.create(tag)

        await asyncio.gather(*map(create, tags))

    async def get(self, id: str) -> Tag | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._at(id))
        return readable(snapshot) if snapshot.exists else None

    async def create(self, tag: Tag) -> None:
        try:
            with translated():
                await self._at(tag.id).create(encode(tag))
        except GUARD:
            raise Conflict(f"tag {tag.id} exists") from None

    async def describe(self, tag: Tag, version: Any) -> None:
        document, tag_at = encode(tag), self._at(tag.id)
        await self._database.guarded(
            tag_at,
            version,
            lambda batch: batch._add_write_pbs([overwriting(tag_at, document, version)]),
            lambda stored: stored == document,
        )
        self._forget(tag.id)

    async def delete(self, id: str) -> None:
        with translated():
            await self._at(id).delete()
        self._forget(id)

    async def search(self, wanted: TagSearch, limit: int, offset: int, after: Position | None) -> list[Tag]:
        query = tag_query(self._database.client.collection("tags"), wanted, after)
        query = query.offset(offset).limit(limit) if wanted.exact else query.limit(SCANNED)
        found: list[Tag] = []
        with translated():
            async for snapshot in query.stream():
                tag = readable(snapshot)
                if tag is None:
                    continue
                if wanted.exact or wanted.finds(tag):
                    found.append(tag)
                if not wanted.exact and len(found) == offset + limit:
                    break
        return found if wanted.exact else found[offset:]

    async def names(self, limit: int) -> list[str]:
        names: list[str] = []
        after = ""
        while len(names) < limit:
            tags = self._database.client.collection("tags")
            query = tags.where(filter=FieldFilter("byName", ">", after)).order_by("byName").limit(1)
            with translated():
                found = [snapshot async for snapshot in query.stream()]
            if not found:
                break
            # Past all values of that name.
            after = end_of_name(found[0].get("byName"))
            if (tag := readable(found[0])) is not None:
                names.append(tag.name)
        return names

    async def count(self, wanted: TagSearch) -> int | None:
        if not wanted.exact:
            return None
        query = tag_query(self._database.client.collection("tags"), wanted, None)
        return await counted(query)

    def _at(self, id: str) -> Any:
        return self._database.client.document(f"tags/{id}")

    def _forget(self, id: str) -> None:
        """Here at once; other processes remember it for a minute."""
        self._by_id.drop_where(lambda tag: tag.id == id)
        self._by_key.drop_where(lambda tags: any(tag.id == id for tag in tags))

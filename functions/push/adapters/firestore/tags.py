"""`tags/{id}`, with `key`: the hash of type, name and value that finds a tag in any spelling."""

import time
from collections.abc import Sequence

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import GUARD, translated
from push.domain.audience import MAX_DISJUNCTIONS
from push.domain.tag import Tag, tag_key

_CODEC = Codec(Tag)
REMEMBERED_S = 60.0
REMEMBERED = 10_000


class FirestoreTags:
    """Found tags are remembered for a minute: every device sync names a dozen of the same ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_key: dict[str, tuple[float, list[Tag]]] = {}

    async def get_many(self, ids: Sequence[str]) -> dict[str, Tag]:
        wanted = list(dict.fromkeys(id_ for id_ in ids if is_document_id(id_)))
        references = [self._database.client.document(f"tags/{id_}") for id_ in wanted]
        found: dict[str, Tag] = {}
        with translated():
            async for snapshot in self._database.client.get_all(references):
                if snapshot.exists:
                    found[snapshot.id] = _CODEC.decode(snapshot.to_dict())
        return found

    async def find_many(self, keys: Sequence[str]) -> dict[str, list[Tag]]:
        now = time.monotonic()
        remembered = {key: row[1] for key in keys if (row := self._by_key.get(key)) and now - row[0] < REMEMBERED_S}
        missing = [key for key in dict.fromkeys(keys) if key not in remembered]
        found: dict[str, list[Tag]] = {}
        for start in range(0, len(missing), MAX_DISJUNCTIONS):
            some = missing[start : start + MAX_DISJUNCTIONS]
            query = self._database.client.collection("tags").where(filter=FieldFilter("key", "in", some))
            with translated():
                async for snapshot in query.stream():
                    tag = _CODEC.decode(snapshot.to_dict())
                    found.setdefault(snapshot.get("key"), []).append(tag)
        if len(self._by_key) > REMEMBERED:
            self._by_key.clear()
        self._by_key |= {key: (now, tags) for key, tags in found.items()}
        return remembered | found

    async def create_missing(self, tags: Sequence[Tag]) -> None:
        for tag in tags:
            document = _CODEC.encode(tag) | {"key": tag_key(tag.type, tag.name, tag.value)}
            try:
                with translated():
                    await self._database.client.document(f"tags/{tag.id}").create(document)
            except GUARD:
                continue  # somebody else made the same tag

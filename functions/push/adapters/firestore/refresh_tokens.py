"""`tokens/{familyId}`: gone by itself after the last refresh token of the family has expired."""

from collections.abc import Callable
from typing import Any

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import translated
from push.domain.family import Family
from push.ports import Before

_CODEC = Codec(Family, times=("expire_at",))


class FirestoreRefreshTokens:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, family: Family) -> None:
        with translated():
            await self._document(family.id).set(_CODEC.encode(family))

    async def change(self, id: str, decide: Callable[[Family], Family]) -> Before[Family] | None:
        if not is_document_id(id):
            return None
        return await self._database.change(self._document(id), _CODEC.decode, _CODEC.encode, decide)

    def _document(self, id: str) -> Any:
        return self._database.client.document(f"tokens/{id}")

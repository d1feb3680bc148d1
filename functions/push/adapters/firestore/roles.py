"""`roles/{name}`."""

from collections.abc import Callable
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import translated
from push.adapters.firestore.memory import Memory
from push.domain.errors import Conflict, Stale
from push.domain.role import Role
from push.ports import Before

_CODEC = Codec(Role, times=("created_at",))
_MOST_READ = 1_000


class FirestoreRoles:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: Memory[Role] = Memory()

    async def get(self, name: str) -> Role | None:
        if not is_document_id(name):
            return None
        snapshot = await self._database.read(self._document(name))
        return _CODEC.decode(snapshot.to_dict()) if snapshot.exists else None

    async def recall(self, name: str) -> Role | None:
        return await self._recent.recall(name, lambda: self.get(name))

    async def create(self, role: Role) -> None:
        reference, document = self._document(role.name), _CODEC.encode(role)
        try:
            await self._database.guarded(
                reference, None, lambda batch: batch.create(reference, document), lambda stored: stored == document
            )
        except Stale:
            raise Conflict("a role has this name: choose another one") from None

    async def change(self, name: str, decide: Callable[[Role], Role]) -> Before[Role] | None:
        if not is_document_id(name):
            return None
        changed = await self._database.change(self._document(name), _CODEC.decode, _CODEC.encode, decide)
        self._recent.drop(name)
        return changed

    async def delete(self, name: str) -> Role | None:
        if not is_document_id(name):
            return None
        reference = self._document(name)
        holders = self._database.client.collection("accounts").where(filter=FieldFilter("role", "==", name)).limit(1)

        async def work(transaction: Any) -> Role | None:
            snapshot = await reference.get(transaction=transaction)
            if not snapshot.exists:
                return None
            async for _ in holders.stream(transaction=transaction):
                raise Conflict("at least 1 account has this role: give it another one first")
            transaction.delete(reference)
            return _CODEC.decode(snapshot.to_dict())

        deleted = await self._database.transact(work)
        self._recent.drop(name)
        return deleted

    async def all(self) -> list[Role]:
        query = self._database.client.collection("roles").order_by("name").limit(_MOST_READ)
        with translated():
            return [_CODEC.decode(snapshot.to_dict()) async for snapshot in query.stream()]

    def _document(self, name: str) -> Any:
        return self._database.client.document(f"roles/{name}")

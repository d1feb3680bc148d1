"""`apps/{appId}`."""

from collections.abc import Callable
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import translated
from push.adapters.firestore.memory import Memory
from push.domain.app import App
from push.domain.errors import Conflict, Stale
from push.ports import Before

_LONGEST_ID = 1_000
_CODEC = Codec(App, times=("created_at",))


class FirestoreApps:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: Memory[App] = Memory()

    async def get(self, app: int) -> App | None:
        snapshot = await self._database.read(self._document(app))
        return _CODEC.decode(snapshot.to_dict()) if snapshot.exists else None

    async def recall(self, app: int) -> App | None:
        return await self._recent.recall(str(app), lambda: self.get(app))

    async def by_client(self, client_id: str) -> App | None:
        if len(client_id.encode(errors="replace")) > _LONGEST_ID:
            return None  # Firestore refuses to look for more than it could index
        query = self._database.client.collection("apps").where(
            filter=FieldFilter("clientIds", "array_contains", client_id)
        )
        with translated():
            async for snapshot in query.limit(1).stream():
                return _CODEC.decode(snapshot.to_dict())
        return None

    async def put(self, app: App) -> None:
        with translated():
            await self._document(app.id).set(_encoded(app))
        self._recent.drop(str(app.id))

    async def create(self, app: App) -> None:
        reference, document = self._document(app.id), _encoded(app)
        try:
            # Client ids are random: the same document is the one whose answer was lost.
            await self._database.guarded(
                reference, None, lambda batch: batch.create(reference, document), lambda stored: stored == document
            )
        except Stale:
            raise Conflict(
                f"app {app.id} exists: choose another id, or leave it out to get the next free one"
            ) from None

    async def change(self, app: int, decide: Callable[[App], App]) -> Before[App] | None:
        changed = await self._database.change(self._document(app), _CODEC.decode, _encoded, decide)
        self._recent.drop(str(app))
        return changed

    async def delete(self, app: int, by: str | None = None) -> App | None:
        reference = self._document(app)

        async def work(transaction: Any) -> App | None:
            snapshot = await reference.get(transaction=transaction)
            found = _CODEC.decode(snapshot.to_dict()) if snapshot.exists else None
            if found is None or by not in (None, found.deleting):
                return None
            transaction.delete(reference)
            return found

        gone = await self._database.transact(work)
        self._recent.drop(str(app))
        return gone

    async def last(self) -> int:
        query = self._database.client.collection("apps").order_by("id", direction="DESCENDING").limit(1)
        with translated():
            async for snapshot in query.stream():
                return int(snapshot.get("id"))
        return 0

    async def count(self) -> int:
        with translated():
            result = await self._database.client.collection("apps").count().get()
        return int(result[0][0].value)

    async def list(self, limit: int, offset: int, after: str | None) -> tuple[list[App], str | None]:
        query = self._database.client.collection("apps").order_by("id")
        if after is not None:
            if not after.isdecimal():
                return [], None
            query = query.start_after({"id": int(after)})
        elif offset:
            query = query.offset(offset)
        with translated():
            found = [_CODEC.decode(snapshot.to_dict()) async for snapshot in query.limit(limit + 1).stream()]
        return found[:limit], str(found[limit - 1].id) if len(found) > limit else None

    def _document(self, app: int) -> Any:
        return self._database.client.document(f"apps/{app}")


def _encoded(app: App) -> dict[str, Any]:
    return _CODEC.encode(app) | {"clientIds": [client.id for client in app.clients]}

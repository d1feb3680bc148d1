"""`apps/{appId}`."""

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import translated
from push.domain.app import App

_LONGEST_ID = 1_000
_CODEC = Codec(App, times=("created_at",))


class FirestoreApps:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, app: int) -> App | None:
        snapshot = await self._database.read(self._database.client.document(f"apps/{app}"))
        return _CODEC.decode(snapshot.to_dict()) if snapshot.exists else None

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
        document = _CODEC.encode(app) | {"clientIds": [client.id for client in app.clients]}
        with translated():
            await self._database.client.document(f"apps/{app.id}").set(document)

"""`limits/{key}`: how much of a limit was used. One document for each address, so none is hot but an abuser's own."""

from typing import Any

from google.cloud.firestore_v1.transforms import Increment

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import VERSION, at
from push.adapters.firestore.errors import translated
from push.domain.ids import Keys


class FirestoreSpent:
    """Buckets hold addresses, which are personal: their documents go by keyed hash, and by TTL."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    async def read(self, bucket: str) -> int:
        snapshot = await self._database.read(self._at(bucket))
        return int(snapshot.get("used")) if snapshot.exists else 0

    async def add(self, bucket: str, amount: int, until: int) -> None:
        document = {"v": VERSION, "used": Increment(amount), "expireAt": at(until)}
        with translated():
            await self._at(bucket).set(document, merge=True)

    def _at(self, bucket: str) -> Any:
        return self._database.client.document(f"limits/{self._keys.bucket(bucket)}")

"""`attempts/{key}`: the key is a hash of the name that was tried; gone by itself a while after the last try."""

from typing import Any

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import VERSION, at
from push.domain.attempts import WINDOW_MS, recent
from push.domain.ids import Keys


class FirestoreAttempts:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    async def failures(self, name: str, now: int) -> tuple[int, ...]:
        return recent(_kept(await self._database.read(self._document(name))), now)

    async def failed(self, name: str, now: int) -> None:
        reference = self._document(name)

        async def work(transaction: Any) -> None:
            kept = recent((*_kept(await reference.get(transaction=transaction)), now), now)
            transaction.set(reference, {"v": VERSION, "failures": list(kept), "expireAt": at(now + WINDOW_MS)})

        await self._database.transact(work)

    def _document(self, name: str) -> Any:
        return self._database.client.document(f"attempts/{self._keys.attempts(name)}")


def _kept(snapshot: Any) -> list[int]:
    return list(snapshot.get("failures")) if snapshot.exists else []

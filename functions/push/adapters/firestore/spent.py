"""`limits/{key}`: how much of a limit was used. One document for each address, so none is hot but an abuser's own; what
a whole app uses is spread over several."""

import random
import time
from typing import Any

from google.cloud.firestore_v1.transforms import Increment

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import VERSION, at
from push.adapters.firestore.errors import translated
from push.domain.ids import Keys

_ROUGH_S = 5.0
_MOST_SUMS = 1_000


class FirestoreSpent:
    """Buckets hold addresses, which are personal: their documents go by keyed hash, and by TTL."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        # What shards amounted to, with this process's own since, and until when that is good enough.
        self._sums: dict[str, tuple[float, int]] = {}

    async def read(self, bucket: str, shards: int = 1) -> int:
        if shards == 1:
            snapshot = await self._database.read(self._at(bucket))
            return int(snapshot.get("used")) if snapshot.exists else 0
        until, used = self._sums.get(bucket, (0.0, 0))
        if time.monotonic() < until:
            return used
        return await self._summed(bucket, shards)

    async def add(self, bucket: str, amount: int, until: int, shards: int = 1) -> None:
        document = {"v": VERSION, "used": Increment(amount), "expireAt": at(until)}
        shard = bucket if shards == 1 else _shard(bucket, random.randrange(shards))  # noqa: S311
        with translated():
            await self._at(shard).set(document, merge=True)
        if bucket in self._sums:
            good, used = self._sums[bucket]
            self._sums[bucket] = (good, used + amount)

    async def _summed(self, bucket: str, shards: int) -> int:
        references = [self._at(_shard(bucket, number)) for number in range(shards)]
        used = 0
        with translated():
            async for snapshot in self._database.client.get_all(references):
                used += int(snapshot.get("used")) if snapshot.exists else 0
        if len(self._sums) >= _MOST_SUMS:
            self._sums.clear()
        self._sums[bucket] = (time.monotonic() + _ROUGH_S, used)
        return used

    def _at(self, bucket: str) -> Any:
        return self._database.client.document(f"limits/{self._keys.bucket(bucket)}")


def _shard(bucket: str, number: int) -> str:
    return f"{bucket}|shard {number}"

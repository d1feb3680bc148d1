"""`runs/{id}/activity/{device}`: what each device did, and `runs/{id}/rollups/activity`: how many did.

Moments are ms as integers, since the `minimum` that keeps the first of them knows numbers only: no transaction, and
any order comes to the same. They only grow, so they are not indexed (an index over them would take 500 writes a
second); what is counted is `did`, whose entries sort by device.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from google.api_core.exceptions import DeadlineExceeded, RetryError
from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.bulk import BulkWriter, Crossed
from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import VERSION, at, ms
from push.adapters.firestore.errors import translated
from push.domain.activity import Action, Event, Tally
from push.domain.errors import Unavailable

FIELDS = {Action.RECEIPT: "received", Action.OPEN: "opened", Action.DISMISS: "dismissed"}
# A count costs a read for each thousand: a hundred thousand receipts are counted anew after 20 s, ten million after 17
# minutes.
_FRESH_MS = 10_000
_FRESH_MS_EACH = 0.1
_COUNT_S = 10.0
_TRIES = 3


class FirestoreActivity:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def record_many(self, events: Sequence[Event]) -> None:
        """Nothing in it minds being written twice, so what was in the way of another batch simply goes again."""
        for left in reversed(range(_TRIES)):
            writer = BulkWriter(self._database)
            # One call may write a document only once.
            for path, (fields, first) in self._merges(events).items():
                writer.merge(self._database.client.document(path), fields, first)
            try:
                await writer.flush()
            except Crossed:
                if not left:
                    raise
            else:
                return

    async def tally(self, run: str) -> Tally | None:
        rollup = self._database.client.document(f"runs/{run}/rollups/activity")
        snapshot = await self._database.read(rollup)
        known = _tally(snapshot.to_dict()) if snapshot.exists else None
        now = ms(snapshot.read_time)
        if known is not None and now - known.as_of < _FRESH_MS + _FRESH_MS_EACH * sum(known[:3]):
            return known
        try:
            counts = await asyncio.gather(*(self._count(run, action) for action in Action))
        except (DeadlineExceeded, RetryError):
            # A rough or old number is better than none, and is said to be old.
            return known
        # What was counted once is true for good: the documents expire, this one does not.
        before = known or Tally(0, 0, 0, 0)
        tally = Tally(
            max(counts[0], before.receipt), max(counts[1], before.open), max(counts[2], before.dismiss), as_of=now
        )
        with translated():
            await rollup.set(_document(tally))
        return tally

    def _merges(self, events: Sequence[Event]) -> dict[str, tuple[dict[str, Any], dict[str, int]]]:
        """By its path, what is set in each document, and the first moments that were heard of."""
        merges: dict[str, tuple[dict[str, Any], dict[str, int]]] = {}
        for event in events:
            path = f"runs/{event.run}/activity/{event.device}"
            fields, first = merges.setdefault(path, ({"v": VERSION, "did": {}}, {}))
            name = FIELDS[event.action]
            first[name] = min(event.at, first.get(name, event.at))
            fields["did"][event.action.value] = True
            expires = self._database.expiry(at(event.at))
            fields |= {"device": event.device, "platform": event.platform, "expireAt": expires}
        return merges

    async def _count(self, run: str, action: Action) -> int:
        done = self._database.client.collection(f"runs/{run}/activity").where(
            filter=FieldFilter(f"did.{action.value}", "==", True)
        )
        try:
            with translated():
                counted = await done.count().get(timeout=_COUNT_S)
        except Unavailable as error:
            if isinstance(error.__cause__, DeadlineExceeded | RetryError):
                raise error.__cause__ from None
            raise
        return int(counted[0][0].value)


def _tally(document: dict[str, Any]) -> Tally:
    return Tally(document["receipt"], document["open"], document["dismiss"], ms(document["asOf"]))


def _document(tally: Tally) -> dict[str, Any]:
    counts = {"receipt": tally.receipt, "open": tally.open, "dismiss": tally.dismiss}
    return {"v": VERSION, **counts, "asOf": at(tally.as_of)}

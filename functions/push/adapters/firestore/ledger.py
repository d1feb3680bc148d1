"""`runs/{id}/shards/{n}`: the ledger, with the failures and leftovers that a commit takes along."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push import logs
from push.adapters.firestore.client import Database, holds, is_document_id, versioned
from push.adapters.firestore.codec import VERSION, Codec, at, ms
from push.adapters.firestore.errors import translated
from push.adapters.firestore.raw import replacing
from push.adapters.firestore.run_documents import leftovers_document, leftovers_of
from push.domain.page import Failure, Leftover
from push.domain.rendering import MAX_TTL_S
from push.domain.shard import Shard, add
from push.ports import Commit, Sums, Versioned

_CODEC = Codec(Shard, times=("due_at", "resume_at", "since"))
_SUMMED = ["counts", "reasons", "good", "done", "planned", "dueAt", "resumeAt"]
_A_PAGE = 300
# A run that was halted goes on from its ledger until it expires, which it does after so long at the latest.
_NEEDED = timedelta(seconds=MAX_TTL_S) + timedelta(days=1)


class FirestoreLedger:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, run: str, shard: str) -> Versioned[Shard] | None:
        snapshot = await self._database.read(self._at(run, shard))
        return versioned(snapshot, _CODEC.decode(snapshot.to_dict())) if snapshot.exists else None

    async def create(self, shard: Shard) -> Any:
        reference = self._at(shard.run, shard.id)
        document = self._document(shard)
        return await self._database.guarded(
            reference, None, lambda batch: batch.create(reference, document), lambda stored: holds(stored, document)
        )

    async def commit(self, commit: Commit, version: Any) -> Any:
        shard = commit.shard
        reference = self._at(shard.run, shard.id)
        document = self._document(shard)
        root = self._database.client.document(f"runs/{shard.run}")

        def fill(batch: Any) -> None:
            batch._add_write_pbs([replacing(reference, document, version)])
            for list_id, items in commit.lists:
                list_at = root.collection("lists").document(list_id)
                batch.set(list_at, leftovers_document(items, document["expireAt"]))
            for spilled in commit.spilled:
                batch.set(self._at(spilled.run, spilled.id), self._document(spilled))
            for failure in commit.failures:
                expires = {"expireAt": self._database.expiry(_moment(shard))}
                batch.set(root.collection("failures").document(failure.target), _failure(failure) | expires)

        # Every commit of a worker differs from its others, so that what stands there tells which one it was.
        return await self._database.guarded(reference, version, fill, lambda stored: holds(stored, document))

    async def open(self, run: str) -> AsyncIterator[list[Versioned[Shard]]]:
        # By name: an order by time would need an index of its own, over moments that only grow.
        query = self._shards(run).where(filter=FieldFilter("done", "==", False)).order_by("__name__").limit(_A_PAGE)
        after = query
        while True:
            with translated():
                found = [snapshot async for snapshot in after.stream()]
            if shards := [each for snapshot in found if (each := _readable(run, snapshot)) is not None]:
                yield shards
            if len(found) < _A_PAGE:
                return
            after = query.start_after(found[-1])

    async def leftovers(self, run: str, list_id: str) -> tuple[Leftover, ...]:
        snapshot = await self._database.read(self._database.client.document(f"runs/{run}/lists/{list_id}"))
        return leftovers_of(snapshot.to_dict()) if snapshot.exists else ()

    async def planned(self, run: str) -> set[str]:
        query = self._shards(run).where(filter=FieldFilter("planned", "==", True)).select([])
        with translated():
            return {snapshot.id async for snapshot in query.stream()}

    async def sums(self, run: str) -> Sums:
        counts: dict[str, int] = {}
        reasons: dict[str, int] = {}
        good: set[str] = set()
        done = leftovers = planned = 0
        begun: list[int] = []
        unfinished: tuple[str, int] | None = None
        last: int | None = None
        with translated():
            async for snapshot in self._shards(run).select(_SUMMED).stream():
                stored = snapshot.to_dict()
                counts = add(counts, stored.get("counts") or {})
                reasons = add(reasons, stored.get("reasons") or {})
                good.update(stored.get("good") or ())
                done += bool(stored.get("done"))
                leftovers += not stored.get("planned")
                planned += bool(stored.get("planned"))
                begun = [min([*begun, ms(stored["dueAt"])])] if stored.get("planned") else begun
                if not stored.get("done"):
                    due = max(ms(stored["dueAt"]), ms(stored.get("resumeAt") or stored["dueAt"]))
                    unfinished = min(unfinished or (snapshot.id, due), (snapshot.id, due), key=lambda each: each[1])
                last = max(last or 0, ms(snapshot.update_time))
        first = begun[0] if begun else None
        return Sums(counts, reasons, good, done, leftovers, first, last, planned, unfinished)

    async def failures(self, run: str, limit: int, after: str | None) -> tuple[list[Failure], str | None]:
        failures = self._database.client.collection(f"runs/{run}/failures")
        query = failures.order_by("__name__")
        if after is not None:
            if not is_document_id(after):
                return [], None
            query = query.start_after({"__name__": failures.document(after)})
        with translated():
            found = [snapshot.to_dict() async for snapshot in query.limit(limit + 1).stream()]
        rows = [failure_of(document) for document in found[:limit]]
        return rows, rows[-1].target if len(found) > limit else None

    async def finished(self, run: str, planned: int) -> bool:
        # In this order: planned shards only ever come, and an open shard's leftovers come with the commit that ends it.
        # So once all planned ones exist, finding none open is final.
        with translated():
            created = await self._shards(run).where(filter=FieldFilter("planned", "==", True)).count().get()
            if int(created[0][0].value) < planned:
                return False
            open_ = self._shards(run).where(filter=FieldFilter("done", "==", False)).select([]).limit(1)
            return not [snapshot async for snapshot in open_.stream()]

    def _shards(self, run: str) -> Any:
        return self._database.client.collection(f"runs/{run}/shards")

    def _at(self, run: str, shard: str) -> Any:
        return self._database.client.document(f"runs/{run}/shards/{shard}")

    def _document(self, shard: Shard) -> dict[str, Any]:
        return _CODEC.encode(shard) | {"expireAt": self._database.expiry(_moment(shard), _NEEDED)}


def _moment(shard: Shard) -> datetime:
    """When its targets were first tried, or are to be."""
    return at(shard.since or shard.due_at)


def _readable(run: str, snapshot: Any) -> Versioned[Shard] | None:
    try:
        return versioned(snapshot, _CODEC.decode(snapshot.to_dict()))
    except ValueError as error:
        logs.event("shard-unreadable", "ERROR", error=error, run=run, shard=snapshot.id)
        return None


def failure_of(document: Mapping[str, Any]) -> Failure:
    return Failure(**{name: document.get(name, "") for name in Failure._fields})


def _failure(failure: Failure) -> dict[str, Any]:
    return {"v": VERSION, **failure._asdict()}

"""`runs/{id}/shards/{n}`: the ledger, with the failures and leftovers that a commit takes along."""

from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id, versioned
from push.adapters.firestore.codec import VERSION, Codec, at
from push.adapters.firestore.errors import translated
from push.adapters.firestore.runs import list_document
from push.domain.page import Failure
from push.domain.run import Shard
from push.ports import Commit, Versioned

_CODEC = Codec(Shard, times=("due_at",))
KEPT_DAYS = 90
_DAY_MS = 24 * 3_600_000
_MAX_SHARDS_READ = 20_000


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
            reference, None, lambda batch: batch.create(reference, document), lambda stored: _same(stored, document)
        )

    async def commit(self, commit: Commit, version: Any) -> Any:
        shard = commit.shard
        reference = self._at(shard.run, shard.id)
        document = self._document(shard)
        root = self._database.client.document(f"runs/{shard.run}")

        def fill(batch: Any) -> None:
            batch.update(reference, document, option=self._database.unchanged_since(version))
            for list_id, items in commit.lists:
                batch.set(root.collection("lists").document(list_id), list_document(items))
            for spilled in commit.spilled:
                batch.set(self._at(spilled.run, spilled.id), self._document(spilled))
            for failure in commit.failures:
                expires = {"expireAt": document["expireAt"]}
                batch.set(root.collection("failures").document(failure.target), _failure(failure) | expires)

        return await self._database.guarded(reference, version, fill, lambda stored: _same(stored, document))

    async def all(self, run: str) -> list[Versioned[Shard]]:
        with translated():
            found = self._shards(run).limit(_MAX_SHARDS_READ).stream()
            return [versioned(snapshot, _CODEC.decode(snapshot.to_dict())) async for snapshot in found]

    async def failures(self, run: str, limit: int, after: str | None) -> tuple[list[Failure], str | None]:
        failures = self._database.client.collection(f"runs/{run}/failures")
        query = failures.order_by("__name__")
        if after is not None:
            if not is_document_id(after):
                return [], None
            query = query.start_after({"__name__": failures.document(after)})
        with translated():
            found = [snapshot.to_dict() async for snapshot in query.limit(limit + 1).stream()]
        rows = [Failure(**{name: document[name] for name in Failure._fields}) for document in found[:limit]]
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
        return _CODEC.encode(shard) | {"expireAt": at(shard.due_at + KEPT_DAYS * _DAY_MS)}


def _same(stored: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether what is stored is what this worker wrote: a commit raises `pages`, a claim `attempt`."""
    return all(stored.get(name) == document[name] for name in ("worker", "attempt", "pages", "cursor", "page", "done"))


def _failure(failure: Failure) -> dict[str, Any]:
    return {"v": VERSION, **failure._asdict()}

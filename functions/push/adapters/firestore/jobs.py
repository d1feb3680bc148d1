"""`jobs/{id}`."""

from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id, versioned
from push.adapters.firestore.codec import Codec, at
from push.adapters.firestore.errors import translated
from push.adapters.firestore.waking import put_off, read_due
from push.domain.errors import Conflict, Stale
from push.domain.job import Job, JobKind, JobState
from push.ports import Due, Versioned

_CODEC = Codec(Job, times=("wake_at", "started_at", "finished_at"), texts=("arguments",))
_KEPT_MS = 90 * 24 * 3_600_000


class FirestoreJobs:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, job: Job) -> None:
        document = _document(job)
        reference = self._at(job.id)
        try:
            await self._database.guarded(
                reference, None, lambda batch: batch.create(reference, document), lambda stored: _same(stored, document)
            )
        except Stale:
            raise Conflict(f"job {job.id} exists") from None

    async def get(self, id: str) -> Versioned[Job] | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._at(id))
        return versioned(snapshot, _CODEC.decode(snapshot.to_dict())) if snapshot.exists else None

    async def move(self, job: Job, version: Any) -> Any:
        document = _document(job)
        reference = self._at(job.id)

        def fill(batch: Any) -> None:
            batch.update(reference, document, option=self._database.unchanged_since(version))

        return await self._database.guarded(reference, version, fill, lambda stored: _same(stored, document))

    async def running(self, kind: JobKind, subject: str) -> Job | None:
        query = self._jobs().where(filter=FieldFilter("subject", "==", subject))
        query = query.where(filter=FieldFilter("kind", "==", kind.value))
        query = query.where(filter=FieldFilter("state", "==", JobState.RUNNING.value))
        with translated():
            async for snapshot in query.limit(1).stream():
                return _CODEC.decode(snapshot.to_dict())
        return None

    async def waiting(self, limit: int) -> Due[Job]:
        # Without a lower bound those that have ended, whose `wakeAt` is null, would come first.
        query = self._jobs().where(filter=FieldFilter("wakeAt", ">", at(0))).order_by("wakeAt").limit(limit)
        with translated():
            found = [snapshot async for snapshot in query.stream()]
        return read_due(found, _CODEC, "job")

    async def put_off(self, id: str, until: int, version: Any) -> None:
        await put_off(self._database, self._at(id), until, version)

    def _jobs(self) -> Any:
        return self._database.client.collection("jobs")

    def _at(self, id: str) -> Any:
        return self._database.client.document(f"jobs/{id}")


def _document(job: Job) -> dict[str, Any]:
    """Ended jobs go by TTL."""
    expires = None if job.finished_at is None else at(job.finished_at + _KEPT_MS)
    return _CODEC.encode(job) | {"expireAt": expires}


def _same(stored: dict[str, Any], document: dict[str, Any]) -> bool:
    return all(stored.get(name) == document[name] for name in ("epoch", "cursor", "done", "state", "wakeAt"))

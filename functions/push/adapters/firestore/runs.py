"""`runs/{id}` and their lists; every move of a run is mirrored in `schedules/{id}` by the same commit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore import schedules
from push.adapters.firestore.client import Database, holds, is_document_id, versioned
from push.adapters.firestore.codec import Codec, at
from push.adapters.firestore.errors import translated
from push.adapters.firestore.raw import creation, overwriting
from push.adapters.firestore.run_documents import RUNS, list_document, run_document, run_of
from push.adapters.firestore.waking import put_off, read_due
from push.domain.audience import MAX_LISTS
from push.domain.errors import Conflict, NotFound, Stale
from push.domain.idempotency import Remembered
from push.domain.run import Run
from push.domain.schedule import Schedule, State
from push.ports import Due, Versioned

_MEMORIES = Codec(Remembered, times=("expire_at",), texts=("answer",))
_LIVE = [State.SCHEDULED.value, State.SENDING.value]


class FirestoreRuns:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept(
        self,
        schedule: Schedule,
        run: Run,
        lists: Sequence[Sequence[str]],
        memory: Remembered | None = None,
        over: Any = None,
    ) -> None:
        client = self._database.client
        run_at = client.document(f"runs/{run.id}")
        document = run_document(run)

        def fill(batch: Any) -> None:
            batch.create(run_at, document)
            schedule_at = client.document(f"schedules/{schedule.id}")
            if over is None:
                batch.create(schedule_at, schedules.encode(schedule))
            else:
                batch._add_write_pbs([overwriting(schedule_at, schedules.encode(schedule), over)])
            for number, items in enumerate(lists):
                batch.create(
                    client.document(f"runs/{run.id}/lists/{number}"), list_document(items, self._lists_expire(run))
                )
            if memory is not None:
                batch.create(client.document(f"idempotency/{memory.id}"), _MEMORIES.encode(memory))

        try:
            await self._database.guarded(run_at, None, fill, lambda stored: holds(stored, document))
        except Stale:
            if over is not None:
                raise
            raise Conflict(f"schedule {schedule.id} exists") from None

    async def remembered(self, id: str) -> Remembered | None:
        snapshot = await self._database.read(self._database.client.document(f"idempotency/{id}"))
        return _MEMORIES.decode(snapshot.to_dict()) if snapshot.exists else None

    async def get(self, id: str) -> Versioned[Run] | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._database.client.document(f"runs/{id}"))
        return versioned(snapshot, run_of(snapshot.to_dict())) if snapshot.exists else None

    async def move(self, run: Run, version: Any) -> Any:
        client = self._database.client
        run_at = client.document(f"runs/{run.id}")
        schedule_at = client.document(f"schedules/{run.schedule}")
        document = run_document(run)
        mirror = {
            "state": run.state.value,
            "sentAt": document["sentAt"],
            "counts": document["counts"],
            "reason": run.reason,
        } | ({} if run.changed_at is None else {"updatedAt": at(run.changed_at)})

        def fill(batch: Any, mirrored: bool = True) -> None:
            batch.update(run_at, document, option=self._database.unchanged_since(version))
            if mirrored:
                batch.update(schedule_at, mirror)

        def ours(stored: dict[str, Any]) -> bool:
            return holds(stored, document)

        try:
            return await self._database.guarded(run_at, version, fill, ours)
        except Stale:
            if (await self._database.read(schedule_at)).exists:
                raise
        # Somebody deleted the schedule in the console; that must not stop the run.
        return await self._database.guarded(run_at, version, lambda batch: fill(batch, mirrored=False), ours)

    async def revise(
        self, schedule: Schedule, run: Run, lists: Sequence[Sequence[str]] | None, version: Any, over: Any = None
    ) -> Any:
        client = self._database.client
        run_at, schedule_at = client.document(f"runs/{run.id}"), client.document(f"schedules/{schedule.id}")
        document = run_document(run)

        def fill(batch: Any) -> None:
            batch.update(run_at, document, option=self._database.unchanged_since(version))
            batch._add_write_pbs([overwriting(schedule_at, schedules.encode(schedule), over)])
            for number in range(MAX_LISTS) if lists is not None else ():
                list_at = client.document(f"runs/{run.id}/lists/{number}")
                if number < len(lists or ()):
                    batch.set(list_at, list_document((lists or ())[number], self._lists_expire(run)))
                else:
                    batch.delete(list_at)
            if lists is None:
                self._keep_lists(batch, run)

        try:
            return await self._database.guarded(run_at, version, fill, lambda stored: holds(stored, document))
        except Stale:
            if over is None and not (await self._database.read(schedule_at)).exists:
                raise NotFound("no such schedule") from None
            raise

    async def put_back(self, run: Run, notice: str, version: Any) -> None:
        if run.mirror is None:
            return
        client = self._database.client
        run_at = client.document(f"runs/{run.id}")
        written = creation(
            client.document(f"schedules/{run.schedule}"), schedules.encode(run.mirror) | {"notice": notice}
        )

        def fill(batch: Any) -> None:
            batch.update(run_at, {"revision": run.revision}, option=self._database.unchanged_since(version))
            batch._add_write_pbs([written])

        await self._database.guarded(run_at, version, fill, lambda _: False)

    async def remove(self, schedule: str, run: Run | None, version: Any) -> None:
        client = self._database.client
        schedule_at = client.document(f"schedules/{schedule}")
        if run is None:
            with translated():
                await schedule_at.delete()
            return
        run_at = client.document(f"runs/{run.id}")
        document = run_document(run)

        def fill(batch: Any) -> None:
            batch.update(run_at, document, option=self._database.unchanged_since(version))
            batch.delete(schedule_at)
            self._keep_lists(batch, run)

        await self._database.guarded(run_at, version, fill, lambda stored: holds(stored, document))

    async def due(self, now: int, limit: int) -> Due[Run]:
        query = self._database.client.collection("runs").where(filter=FieldFilter("wakeAt", "<=", at(now)))
        with translated():
            found = [snapshot async for snapshot in query.order_by("wakeAt").limit(limit).stream()]
        return read_due(found, RUNS, "run")

    async def put_off(self, id: str, until: int, version: Any) -> None:
        await put_off(self._database, self._database.client.document(f"runs/{id}"), until, version)

    async def live_with_tag(self, tag: str) -> str | None:
        query = self._database.client.collection("runs").where(filter=FieldFilter("tagIds", "array_contains", tag))
        query = query.where(filter=FieldFilter("state", "in", _LIVE))
        with translated():
            async for snapshot in query.select([]).limit(1).stream():
                return str(snapshot.id)
        return None

    async def live_of(self, app: int, limit: int) -> list[str]:
        query = self._database.client.collection("runs").where(filter=FieldFilter("app", "==", app))
        query = query.where(filter=FieldFilter("state", "in", _LIVE))
        with translated():
            return [str(snapshot.id) async for snapshot in query.select([]).limit(limit).stream()]

    async def list_items(self, run: str, list_id: str) -> tuple[str, ...]:
        snapshot = await self._database.read(self._database.client.document(f"runs/{run}/lists/{list_id}"))
        return tuple(snapshot.to_dict().get("items", ())) if snapshot.exists else ()

    async def now(self) -> int:
        return await self._database.now()

    def _keep_lists(self, batch: Any, run: Run) -> None:
        """Lists live as long as what they are for: also when that is sent later than was first said."""
        for number in range(run.audience.lists):
            list_at = self._database.client.document(f"runs/{run.id}/lists/{number}")
            batch.set(list_at, {"expireAt": self._lists_expire(run)}, merge=True)

    def _lists_expire(self, run: Run) -> datetime | None:
        """A draft waits for its sender for as long as that takes."""
        return None if run.state is State.DRAFT else self._database.expiry(at(run.expires_at))

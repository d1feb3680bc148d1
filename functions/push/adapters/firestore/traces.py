"""What `runs/{id}/failures`, `runs/{id}/activity` and `runs/{id}/lists` say of one device: found, and erased."""

from typing import Any, NamedTuple

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.activity import FIELDS
from push.adapters.firestore.bulk import BulkWriter
from push.adapters.firestore.client import Database
from push.adapters.firestore.errors import GUARD, translated
from push.adapters.firestore.ledger import failure_of
from push.adapters.firestore.run_documents import run_of
from push.domain.activity import Done
from push.domain.audience import AudienceKind
from push.domain.errors import Unavailable
from push.domain.ids import Keys
from push.domain.page import Failure, nobody
from push.domain.run import Run
from push.ports import Trace


class _Listed(NamedTuple):
    """An item of lists of one kind, the failure that says that it was nobody, what takes its place, and when the last
    run that may hold it was made."""

    kind: AudienceKind
    item: str
    failure: str
    instead: str
    until: int | None = None

    def may_be_in(self, run: Run) -> bool:
        return run.audience.kind is self.kind and (self.until is None or run.created_at <= self.until)


class FirestoreTraces:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    async def failures(self, device: str, limit: int) -> list[Trace]:
        with translated():
            found = [snapshot async for snapshot in self._failures(device).limit(limit).stream()]
        return [Trace(each.reference.parent.parent.id, _failure(each)) for each in found]

    async def erase_failures(self, device: str, limit: int) -> int:
        return await self._delete(self._failures(device).limit(limit))

    async def activity(self, device: str, limit: int) -> list[Done]:
        with translated():
            return [_done(snapshot) async for snapshot in self._activity(device).limit(limit).stream()]

    async def erase_activity(self, device: str, limit: int) -> int:
        return await self._delete(self._activity(device).limit(limit))

    async def erase_alias(
        self, app: int, alias: str, instead: str, until: int, after: str, limit: int
    ) -> tuple[int, str | None]:
        listed = _Listed(AudienceKind.ALIASES, alias, nobody(self._keys.device(alias)), instead, until)
        return await self._erase_listed(app, listed, after, limit)

    async def erase_user(self, app: int, user: str, instead: str, after: str, limit: int) -> tuple[int, str | None]:
        listed = _Listed(AudienceKind.USERS, user, nobody(self._keys.user(user)), instead)
        return await self._erase_listed(app, listed, after, limit)

    async def _erase_listed(self, app: int, listed: _Listed, after: str, limit: int) -> tuple[int, str | None]:
        client = self._database.client
        changed = 0
        found = await self._runs_of(app, after, limit)
        with translated():
            references = []
            for snapshot in found:
                run = run_of(snapshot.to_dict())
                if listed.may_be_in(run):
                    at = snapshot.reference
                    references.append(at.collection("failures").document(listed.failure))
                    references += [at.collection("lists").document(str(n)) for n in range(run.audience.lists)]
            async for snapshot in client.get_all(references):
                if snapshot.exists:
                    changed += await self._erase(snapshot, listed)
        return changed, found[-1].id if len(found) == limit else None

    async def erase_lists(self, app: int, after: str, limit: int) -> str | None:
        found = await self._runs_of(app, after, limit)
        writer = BulkWriter(self._database)
        for snapshot in found:
            for number in range(run_of(snapshot.to_dict()).audience.lists):
                writer.remove(snapshot.reference.collection("lists").document(str(number)))
        await writer.flush()
        return found[-1].id if len(found) == limit else None

    async def _runs_of(self, app: int, after: str, limit: int) -> list[Any]:
        runs = self._database.client.collection("runs")
        query = runs.where(filter=FieldFilter("app", "==", app)).order_by("__name__")
        if after:
            query = query.start_after({"__name__": runs.document(after)})
        with translated():
            return [snapshot async for snapshot in query.limit(limit).stream()]

    async def _erase(self, snapshot: Any, listed: _Listed) -> int:
        if snapshot.reference.parent.id == "failures":
            await snapshot.reference.delete()
            return 1
        items = snapshot.to_dict().get("items", [])
        if listed.item not in items:
            return 0
        # A worker's place in a list is a number: nothing may move up.
        kept = [listed.instead if item == listed.item else item for item in items]
        try:
            option = self._database.unchanged_since(snapshot.update_time)
            await snapshot.reference.update({"items": kept}, option=option)
        except GUARD as error:
            raise Unavailable("the list was written meanwhile; try again") from error
        return 1

    async def _delete(self, query: Any) -> int:
        """By one commit, so at most 500."""
        with translated():
            found = [snapshot async for snapshot in query.select([]).stream()]
            batch = self._database.client.batch()
            for snapshot in found:
                batch.delete(snapshot.reference)
            if found:
                await batch.commit()
        return len(found)

    def _failures(self, device: str) -> Any:
        return self._of("failures", device)

    def _activity(self, device: str) -> Any:
        return self._of("activity", device)

    def _of(self, kind: str, device: str) -> Any:
        """In all runs."""
        group = self._database.client.collection_group(kind)
        return group.where(filter=FieldFilter("device", "==", device)).order_by("__name__")


def _done(snapshot: Any) -> Done:
    stored = snapshot.to_dict()
    moments = {action: stored[field] for action, field in FIELDS.items() if field in stored}
    return Done(snapshot.reference.parent.parent.id, stored["platform"], moments)


def _failure(snapshot: Any) -> Failure:
    return failure_of(snapshot.to_dict())

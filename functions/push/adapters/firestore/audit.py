"""`audit/{id}`."""

from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic.alias_generators import to_camel

from push import logs
from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.counting import counted
from push.adapters.firestore.errors import translated
from push.domain.audit import AuditSearch, Change
from push.domain.errors import Unavailable

_CODEC = Codec(Change, times=("at",), texts=("changes",))


class FirestoreAudit:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, change: Change) -> None:
        try:
            with translated():
                await self._database.client.document(f"audit/{change.id}").set(encode(change))
        except Unavailable as error:
            named = {"resource": change.resource, "id": change.resource_id, "actor": change.actor}
            logs.event("audit-not-kept", "ERROR", error=error, action=change.action.value, **named)

    async def list(
        self, wanted: AuditSearch, limit: int, offset: int, after: str | None
    ) -> tuple[list[Change], str | None]:
        query = self._query(wanted).order_by("at", direction="DESCENDING").order_by("__name__", "DESCENDING")
        if after is not None:
            anchor = None
            if is_document_id(after):
                anchor = await self._database.read(self._database.client.document(f"audit/{after}"))
            if anchor is None or not anchor.exists:
                return [], None
            query = query.start_after(anchor)
        elif offset:
            query = query.offset(offset)
        with translated():
            found = [_CODEC.decode(snapshot.to_dict()) async for snapshot in query.limit(limit + 1).stream()]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def count(self, wanted: AuditSearch) -> int | None:
        return await counted(self._query(wanted))

    def _query(self, wanted: AuditSearch) -> Any:
        query = self._database.client.collection("audit")
        for name, value in wanted.model_dump(exclude_none=True).items():
            query = query.where(filter=FieldFilter(to_camel(name), "==", value))
        return query


def encode(change: Change) -> dict[str, Any]:
    return _CODEC.encode(change)

"""`schedules/{id}`: the request, and a mirror of its state, in words that people read in the console."""

import json
from collections.abc import Mapping
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import translated
from push.domain.schedule import Schedule

_CODEC = Codec(Schedule, times=("send_on", "expires_at", "created_at", "updated_at", "sent_at"))
COUNTED = 100_000
_COUNT_S = 5.0


def encode(schedule: Schedule) -> dict[str, Any]:
    """Firestore holds no array in an array and no free JSON: groups become maps, `extra` becomes text."""
    document = _CODEC.encode(schedule)
    document["audience"]["groups"] = [{"anyOf": list(ids)} for ids in schedule.audience.groups]
    extra = document["payload"] and document["payload"]["data"]["extra"]
    if extra is not None:
        document["payload"]["data"]["extra"] = json.dumps(extra, ensure_ascii=False)
    custom = schedule.payload.data.custom if schedule.payload else {}
    if document["payload"]:
        document["payload"]["data"] |= custom
    return document


def decode(document: Mapping[str, Any]) -> Schedule:
    audience = {**document["audience"], "groups": [group["anyOf"] for group in document["audience"]["groups"]]}
    return _CODEC.decode({**document, "audience": audience})


class FirestoreSchedules:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, id: str) -> Schedule | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._database.client.document(f"schedules/{id}"))
        return decode(snapshot.to_dict()) if snapshot.exists else None

    async def list(
        self, app: int | None, limit: int, offset: int, after: str | None
    ) -> tuple[list[Schedule], str | None]:
        query = self._query(app).order_by("createdAt", direction="DESCENDING").order_by("__name__", "DESCENDING")
        if after is not None:
            if not is_document_id(after):
                return [], None
            anchor = await self._database.read(self._database.client.document(f"schedules/{after}"))
            if not anchor.exists:
                return [], None
            query = query.start_after(anchor)
        elif offset:
            query = query.offset(offset)
        with translated():
            found = [decode(snapshot.to_dict()) async for snapshot in query.limit(limit + 1).stream()]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def count(self, app: int | None) -> int | None:
        with translated():
            result = await self._query(app).limit(COUNTED + 1).count().get(timeout=_COUNT_S)
        total = int(result[0][0].value)
        return total if total <= COUNTED else None

    def _query(self, app: int | None) -> Any:
        schedules = self._database.client.collection("schedules")
        return schedules if app is None else schedules.where(filter=FieldFilter("app", "==", app))

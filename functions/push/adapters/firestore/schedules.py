"""`schedules/{id}`: the request, and a mirror of its state, in words that people read in the console.

`nameKey` is the name as names compare; it is what a search by name reads.
"""

import json
from collections.abc import Mapping
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic.alias_generators import to_camel

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec, at
from push.adapters.firestore.counting import counted
from push.adapters.firestore.errors import translated
from push.domain.schedule import Order, Position, Schedule, Search, position_of
from push.domain.tag import fold

_CODEC = Codec(Schedule, times=("send_on", "expires_at", "created_at", "updated_at", "sent_at"))
# No text that begins with a prefix comes after the prefix and the last of all characters.
LAST = "\U0010ffff"


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
    return document | {"nameKey": fold(schedule.name)}


def decode(document: Mapping[str, Any]) -> Schedule:
    audience = {**document["audience"], "groups": [group["anyOf"] for group in document["audience"]["groups"]]}
    return _CODEC.decode({**document, "audience": audience})


class FirestoreSchedules:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, id: str) -> Schedule | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._document(id))
        return decode(snapshot.to_dict()) if snapshot.exists else None

    async def list(
        self, search: Search, limit: int, offset: int, after: Position | None
    ) -> tuple[list[Schedule], Position | None]:
        order = search.order
        fields = _sorted_by(order)
        query = self._query(search)
        if after is not None:
            if not is_document_id(after.id):
                return [], None
            keys = [after.key, at(after.then)] if isinstance(after.key, str) else [at(after.key)]
            query = query.start_after({**dict(zip(fields, keys, strict=True)), "__name__": self._document(after.id)})
        elif offset:
            query = query.offset(offset)
        with translated():
            found = [decode(snapshot.to_dict()) async for snapshot in query.limit(limit + 1).stream()]
        page = found[:limit]
        return page, position_of(page[-1], order) if len(found) > limit else None

    async def count(self, search: Search) -> int | None:
        return await counted(self._query(search))

    def _document(self, id: str) -> Any:
        return self._database.client.document(f"schedules/{id}")

    def _query(self, search: Search) -> Any:
        """In the order of its list, also where it is only counted: else that would need indexes of its own."""
        wanted: list[tuple[str, str, Any]] = []
        if search.app is not None:
            wanted.append(("app", "==", search.app))
        if search.state is not None:
            wanted.append(("state", "==", search.state.value))
        if search.name is not None:
            wanted += [("nameKey", ">=", fold(search.name)), ("nameKey", "<=", fold(search.name) + LAST)]
        if search.send_from is not None:
            wanted.append(("sendOn", ">=", at(search.send_from)))
        if search.send_to is not None:
            wanted.append(("sendOn", "<=", at(search.send_to)))
        query = self._database.client.collection("schedules")
        for field, operator, value in wanted:
            query = query.where(filter=FieldFilter(field, operator, value))
        direction = "ASCENDING" if search.order is Order.NAME else "DESCENDING"
        for field in (*_sorted_by(search.order), "__name__"):
            query = query.order_by(field, direction=direction)
        return query


def _sorted_by(order: Order) -> list[str]:
    return ["nameKey", "sendOn"] if order is Order.NAME else [to_camel(order.value)]

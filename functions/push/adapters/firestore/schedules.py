"""`schedules/{id}`: the request, and a mirror of its state, in words that people read and edit in the console.

`nameKey` is the name as names compare; it is what a search by name reads. What ingest says to whoever edits stands in
`problem` and `notice`, beside the schedule and no part of it. One that cannot be read is left out of lists: nobody has
accepted it yet, or somebody is just editing it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic.alias_generators import to_camel

from push import logs
from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec, at, ms
from push.adapters.firestore.counting import counted
from push.adapters.firestore.errors import translated
from push.adapters.firestore.messages import payload_document, tags_document, tags_of
from push.domain.schedule import Order, Position, Schedule, Search
from push.domain.tag import fold

_CODEC = Codec(Schedule, times=("send_on", "expires_at", "created_at", "updated_at", "sent_at"))
# No text that begins with a prefix comes after the prefix and the last of all characters.
LAST = "\U0010ffff"


def encode(schedule: Schedule) -> dict[str, Any]:
    """Firestore holds no array in an array: groups become maps."""
    document = _CODEC.encode(schedule)
    document["appId"] = document.pop("app")
    document["audience"]["groups"] = [{"anyOf": list(ids)} for ids in schedule.audience.groups]
    document["filterTags"] = tags_document(schedule.filter_tags)
    document["payload"] = None if schedule.payload is None else payload_document(schedule.payload)
    return document | {"nameKey": fold(schedule.name)}


def decode(document: Mapping[str, Any]) -> Schedule:
    """Raises ValueError for what is none, or none yet."""
    try:
        audience = {**document["audience"], "groups": [group["anyOf"] for group in document["audience"]["groups"]]}
        tags = tags_of(document.get("filterTags") or ())
    except (KeyError, TypeError, AttributeError):
        raise ValueError("Schedule: cannot read audience or filterTags") from None
    app = document.get("appId", document.get("app"))
    return _CODEC.decode({**document, "app": app, "audience": audience, "filterTags": tags})


class FirestoreSchedules:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, id: str) -> Schedule | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._document(id))
        return _readable(snapshot) if snapshot.exists else None

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
            found = [snapshot async for snapshot in query.limit(limit + 1).stream()]
        page = [schedule for snapshot in found[:limit] if (schedule := _readable(snapshot)) is not None]
        more = len(found) > limit
        return page, _last_position(found[:limit], fields, order) if more else None

    async def count(self, search: Search) -> int | None:
        return await counted(self._query(search))

    def _document(self, id: str) -> Any:
        return self._database.client.document(f"schedules/{id}")

    def _query(self, search: Search) -> Any:
        """In the order of its list, also where it is only counted: else that would need indexes of its own."""
        wanted: list[tuple[str, str, Any]] = []
        if search.app is not None:
            wanted.append(("appId", "==", search.app))
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


def _readable(snapshot: Any) -> Schedule | None:
    try:
        schedule = decode(snapshot.to_dict())
    except ValueError as error:
        logs.event("schedule-unreadable", "INFO", schedule=snapshot.id, error=str(error))
        return None
    # A copy of another one's document is none, until it is accepted.
    return schedule if schedule.id == snapshot.id else None


def _last_position(found: Sequence[Any], fields: Sequence[str], order: Order) -> Position | None:
    """Of the last document that is sorted by what such documents hold: people may write a number where a time belongs,
    and those come behind all times."""
    for snapshot in reversed(found):
        stored = snapshot.to_dict()
        if order is Order.NAME and isinstance(stored.get("sendOn"), datetime):
            return Position(str(stored["nameKey"]), ms(stored["sendOn"]), snapshot.id)
        if order is not Order.NAME and isinstance(stored.get(fields[0]), datetime):
            return Position(ms(stored[fields[0]]), 0, snapshot.id)
    return None

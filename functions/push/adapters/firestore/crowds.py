"""Many devices of an app at once: counted by a tag, and cleared away."""

from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.bulk import BulkWriter
from push.adapters.firestore.client import Database
from push.adapters.firestore.errors import TRANSIENT, translated
from push.domain.keyspace import KeyRange
from push.ports import Cleared

_ESTIMATE_S = 4.0


async def estimate(database: Database, app: int, tag: str, keys: KeyRange) -> int | None:
    """Devices within `keys` that carry a tag; None where counting takes too long."""
    devices = database.client.collection(f"apps/{app}/devices")
    query = devices.where(filter=FieldFilter("tagIds", "array_contains", tag))
    for operator, key in ((">=", keys.start), ("<", keys.end)):
        if key:
            query = query.where(filter=FieldFilter("__name__", operator, devices.document(key)))
    try:
        counted = await query.count().get(timeout=_ESTIMATE_S)
    except TRANSIENT:
        return None
    return int(counted[0][0].value)


async def clear(database: Database, app: int, limit: int) -> Cleared:
    """Devices with the targets that they name; when there are none, targets that a writer left meanwhile."""
    devices = await _page(database, f"apps/{app}/devices", limit)
    found = devices or await _page(database, f"apps/{app}/targets", limit)
    writer = BulkWriter(database)
    for snapshot in found:
        writer.remove(snapshot.reference)
    for snapshot in devices:
        for target in snapshot.to_dict().get("targets", ()):
            writer.remove(database.client.document(f"apps/{app}/targets/{target['key']}"))
    await writer.flush()
    return Cleared(len(devices), bool(found))


async def _page(database: Database, collection: str, limit: int) -> list[Any]:
    """In whatever order is cheapest, with nothing but what clearing needs."""
    query = database.client.collection(collection).select(["targets"])
    with translated():
        return [snapshot async for snapshot in query.limit(limit).stream()]

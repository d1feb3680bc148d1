"""Documents that sweep looks at when their `wakeAt` has come."""

from collections.abc import Sequence
from typing import Any

from push import logs
from push.adapters.firestore.client import Database, versioned
from push.adapters.firestore.codec import Codec, at, ms
from push.ports import Due, Unreadable


def read_due(snapshots: Sequence[Any], codec: Codec[Any], what: str) -> Due[Any]:
    """Those that cannot be read are logged, and must not keep the others from being looked at."""
    due: Due[Any] = Due([], [])
    for snapshot in snapshots:
        try:
            due.found.append(versioned(snapshot, codec.decode(snapshot.to_dict())))
        except ValueError as error:
            logs.event("due-unreadable", "ERROR", error=str(error)[:500], **{what: snapshot.id})
            due.unreadable.append(versioned(snapshot, Unreadable(snapshot.id, ms(snapshot.get("wakeAt")))))
    return due


async def put_off(database: Database, reference: Any, until: int, version: Any) -> None:
    """Moves the `wakeAt` of a document at `version` to a moment (ms). Raises Stale, or Unavailable."""
    moved = {"wakeAt": at(until)}

    def fill(batch: Any) -> None:
        batch.update(reference, moved, option=database.unchanged_since(version))

    await database.guarded(reference, version, fill, lambda stored: bool(stored.get("wakeAt") == moved["wakeAt"]))

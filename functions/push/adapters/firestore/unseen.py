"""Targets whose device was not heard of for long."""

from typing import Any

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import ms
from push.adapters.firestore.entries import SEEN_FIELDS, read_entry
from push.adapters.firestore.errors import translated
from push.domain.page import Entry


async def unseen(database: Database, app: int, query: Any, before: int, limit: int) -> tuple[list[Entry], str | None]:
    """As AudienceStore.unseen says; `query` is for the targets, in the order of their keys."""
    with translated():
        found = [snapshot async for snapshot in query.limit(limit).stream()]
    entries = [read_entry(snapshot) for snapshot in found if _before(snapshot, before)]
    # The device knows better than the copy that its targets have.
    heard = await _heard_of(database, app, {entry.device for entry in entries if entry.device}, before)
    last = found[-1].id if len(found) == limit else None
    return [entry for entry in entries if entry.target is not None and entry.device not in heard], last


def _before(snapshot: Any, before: int) -> bool:
    stored = snapshot.to_dict()
    seen = next((stored[name] for name in SEEN_FIELDS if stored.get(name) is not None), None)
    return seen is not None and ms(seen) < before


async def _heard_of(database: Database, app: int, devices: set[str], before: int) -> set[str]:
    references = [database.client.document(f"apps/{app}/devices/{key}") for key in devices]
    heard: set[str] = set()
    if not references:
        return heard
    with translated():
        async for snapshot in database.client.get_all(references, field_paths=["seenAt"]):
            if snapshot.exists and ms(snapshot.get("seenAt")) >= before:
                heard.add(snapshot.id)
    return heard

"""Targets that are dead or silent go, and leave the devices that name them."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from google.cloud.firestore_v1.transforms import SERVER_TIMESTAMP, ArrayRemove

from push.adapters.firestore.bulk import REFUSED, BulkWriter
from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import ms
from push.adapters.firestore.device_documents import Places, target_entry
from push.adapters.firestore.errors import translated
from push.domain.page import Entry


async def remove_targets(database: Database, app: int, entries: Sequence[Entry]) -> int:
    """As AudienceStore.remove says."""
    at = Places(database)
    named = [entry for entry in entries if entry.target is not None]
    # Before all else: a phone that registers from here on writes its device too, which then keeps what it names.
    devices = await _versions(database, [at.device(app, key) for key in {entry.device for entry in named} if key])
    gone, fresh = await _as_stored(database, app, [entry for entry in named if entry.version is None])
    versions = {entry.key: entry.version for entry in named if entry.version is not None} | fresh
    going = [entry for entry in named if entry.key in versions]
    deletes, strips = BulkWriter(database), BulkWriter(database)
    for entry in going:
        deletes.delete(at.target(app, entry.key), versions[entry.key])
    done = await deletes.flush(skip=REFUSED)
    # Only what went leaves its device, and what had gone before: a removal may have died between the two. One write a
    # device, since BatchWrite takes no two of one document.
    left = [*(entry for entry, went in zip(going, done, strict=True) if went), *gone]
    for key, theirs in groupby(sorted(left, key=_device), key=_device):
        if key in devices:
            named_there = [target_entry(each.target, each.key) for each in theirs if each.target]
            stripped = {"targets": ArrayRemove(named_there), "deadAt": SERVER_TIMESTAMP}
            strips.update(at.device(app, key), stripped, devices[key])
    await strips.flush(skip=REFUSED)
    return sum(done)


def _device(entry: Entry) -> str:
    return entry.device


async def _as_stored(database: Database, app: int, entries: Sequence[Entry]) -> tuple[list[Entry], dict[str, Any]]:
    """Of targets that were read through their device: those that do not exist, and the versions of those that have not
    been written since. One that was registered meanwhile is neither."""
    gone: list[Entry] = []
    fresh: dict[str, Any] = {}
    if not entries:
        return gone, fresh
    by_key = {entry.key: entry for entry in entries}
    at = Places(database)
    with translated():
        async for snapshot in database.client.get_all([at.target(app, key) for key in by_key]):
            entry = by_key[snapshot.id]
            if not snapshot.exists:
                gone.append(entry)
            elif snapshot.get("device") == entry.device and ms(snapshot.update_time) <= entry.read_at:
                fresh[snapshot.id] = snapshot.update_time
    return gone, fresh


async def _versions(database: Database, references: Sequence[Any]) -> dict[str, Any]:
    """Of the devices that exist."""
    if not references:
        return {}
    with translated():
        found = database.client.get_all(references, field_paths=["id"])
        return {snapshot.id: snapshot.update_time async for snapshot in found if snapshot.exists}

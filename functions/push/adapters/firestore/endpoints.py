"""`endpoint` of `apps/{app}/targets/{key}`: the ARN under which Amazon SNS knows the target."""

from collections.abc import Sequence

from push.adapters.firestore.bulk import REFUSED, BulkWriter
from push.adapters.firestore.client import Database
from push.adapters.firestore.device_documents import Places
from push.adapters.firestore.entries import read_entry
from push.adapters.firestore.errors import translated
from push.domain.device import Target
from push.domain.ids import Keys
from push.domain.page import Entry
from push.domain.rendering import SNS_PLATFORMS


class FirestoreEndpoints:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._at = Places(database)

    async def of(self, app: int, targets: Sequence[Target]) -> list[str]:
        known = [target for target in targets if target.platform in SNS_PLATFORMS]
        found = await self._stored(app, [self._keys.target(target.kind, target.value) for target in known])
        return [entry.endpoint for entry in found.values() if entry.endpoint]

    async def look(self, app: int, entries: Sequence[Entry]) -> list[Entry]:
        found = await self._stored(app, [entry.key for entry in entries])
        return [_as_stored(entry, found.get(entry.key)) for entry in entries]

    async def keep(self, app: int, entries: Sequence[Entry]) -> None:
        writes = BulkWriter(self._database)
        for entry in entries:
            if entry.version is not None:
                writes.update(self._at.target(app, entry.key), {"endpoint": entry.endpoint}, entry.version)
        await writes.flush(skip=REFUSED)

    async def _stored(self, app: int, keys: Sequence[str]) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        if keys:
            with translated():
                references = [self._at.target(app, key) for key in set(keys)]
                async for snapshot in self._database.client.get_all(references):
                    if snapshot.exists:
                        found[snapshot.id] = read_entry(snapshot)
        return found


def _as_stored(entry: Entry, stored: Entry | None) -> Entry:
    if stored is None or stored.device != entry.device:
        return entry
    return entry._replace(version=stored.version, endpoint=stored.endpoint)

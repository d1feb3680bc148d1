"""`endpoint` of `apps/{app}/targets/{key}`: the ARN under which Amazon SNS knows the target."""

from collections.abc import Sequence

from push.adapters.firestore.bulk import REFUSED, BulkWriter
from push.adapters.firestore.client import Database
from push.adapters.firestore.device_documents import Places
from push.adapters.firestore.entries import read_entry
from push.adapters.firestore.errors import translated
from push.domain.page import Entry


class FirestoreEndpoints:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._at = Places(database)

    async def look(self, app: int, entries: Sequence[Entry]) -> list[Entry]:
        found: dict[str, Entry] = {}
        with translated():
            references = [self._at.target(app, key) for key in {entry.key for entry in entries}]
            async for snapshot in self._database.client.get_all(references):
                if snapshot.exists:
                    found[snapshot.id] = read_entry(snapshot)
        return [_as_stored(entry, found.get(entry.key)) for entry in entries]

    async def keep(self, app: int, entries: Sequence[Entry]) -> None:
        writes = BulkWriter(self._database)
        for entry in entries:
            if entry.version is not None:
                writes.update(self._at.target(app, entry.key), {"endpoint": entry.endpoint}, entry.version)
        await writes.flush(skip=REFUSED)


def _as_stored(entry: Entry, stored: Entry | None) -> Entry:
    if stored is None or stored.device != entry.device:
        return entry
    return entry._replace(version=stored.version, endpoint=stored.endpoint)

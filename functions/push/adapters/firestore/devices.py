"""`apps/{app}/devices/{key}` and, in the same transaction, the audience `apps/{app}/targets/{key}`.

A device document names its targets, so that sending to an alias is one read; a target document copies what filters
need, so that sending to everybody is one read a phone.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.crowds import clear, estimate
from push.adapters.firestore.device_documents import Places, decode
from push.adapters.firestore.device_import import DeviceImport
from push.adapters.firestore.device_search import SCANNED, device_query, position
from push.adapters.firestore.device_transactions import DeviceTransactions
from push.adapters.firestore.errors import translated
from push.adapters.firestore.turns import Turns
from push.domain.device import Device, Target
from push.domain.device_search import DeviceSearch
from push.domain.ids import Keys
from push.domain.keyspace import KeyRange
from push.ports import Cleared, Decide, Known


class FirestoreDevices:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._at = Places(database)
        self._transactions = DeviceTransactions(database, keys)
        self._import = DeviceImport(database, keys)
        self._turns = Turns()

    async def get(self, app: int, id: str) -> Device | None:
        if not is_document_id(id):
            return None
        with translated():
            async for snapshot in self._at.by_id(app, id).stream():
                return decode(snapshot.to_dict())
        return None

    async def by_aliases(self, app: int, aliases: Sequence[str]) -> dict[str, Device]:
        references = [self._at.device(app, self._keys.device(alias)) for alias in dict.fromkeys(aliases)]
        found: dict[str, Device] = {}
        with translated():
            async for snapshot in self._database.client.get_all(references):
                if snapshot.exists:
                    device = decode(snapshot.to_dict())
                    found[device.alias] = device
        return found

    async def ids_of(self, app: int, aliases: Sequence[str]) -> dict[str, str]:
        named = {self._keys.device(alias): alias for alias in aliases}
        client = self._database.client
        request = {
            "database": client._database_string,
            "documents": [self._at.device(app, key)._document_path for key in named],
            "mask": {"field_paths": ["id"]},
        }
        found: dict[str, str] = {}
        with translated():
            # The messages themselves: snapshots of them cost more than all the rest of it.
            answers = await client._firestore_api.batch_get_documents(request=request, metadata=client._rpc_metadata)
            async for answer in answers:
                document = answer._pb.found
                if document.name:
                    found[named[document.name.rpartition("/")[2]]] = document.fields["id"].string_value
        return found

    async def change(
        self, app: int, id: str | None, alias: str | None, decide: Decide, targets: Sequence[Target] = ()
    ) -> Device | None:
        named = [f"id:{id}"] if id else []
        named += [f"alias:{alias}"] if alias else []
        named += [f"{target.kind}:{target.value}" for target in targets]

        async def work(transaction: Any) -> Device | None:
            changed: Device | None = await self._transactions.change(transaction, app, id, alias, decide)
            return changed

        # A phone that starts syncs twice at once; Firestore's locks would make the two wait for seconds.
        async with self._turns.take(f"{app}:{name}" for name in named):
            return await self._database.transact(work)

    async def any(self, app: int) -> bool:
        with translated():
            async for _ in self._at.devices(app).limit(1).stream():
                return True
        return False

    async def put_many(self, app: int, devices: Sequence[Device]) -> list[Device]:
        return await self._import.put_many(app, devices)

    async def owners(self, app: int, targets: Sequence[Target]) -> dict[Target, Device]:
        return await self._import.owners(app, targets)

    def known(self, app: int) -> AsyncIterator[list[Known]]:
        return self._import.known(app)

    async def delete(self, app: int, id: str) -> Device | None:
        async def work(transaction: Any) -> Device | None:
            deleted: Device | None = await self._transactions.delete(transaction, app, id)
            return deleted

        async with self._turns.take([f"{app}:id:{id}"]):
            return await self._database.transact(work)

    async def clear(self, app: int, limit: int) -> Cleared:
        return await clear(self._database, app, limit)

    async def search(
        self, app: int, wanted: DeviceSearch, limit: int, after: str | None
    ) -> tuple[list[Device], str | None]:
        if wanted.alias is not None:
            return [d for d in (await self.by_aliases(app, [wanted.alias])).values() if wanted.finds(d)], None
        query = device_query(self._at.devices(app), wanted, after)
        if query is None:
            return [], None
        found: list[Device] = []
        looked_at, last, end = 0, None, None
        with translated():
            async for snapshot in query.stream():
                looked_at, last = looked_at + 1, position(snapshot, wanted)
                device = decode(snapshot.to_dict())
                if not wanted.finds(device):
                    continue
                if len(found) == limit:
                    return found, end
                found.append(device)
                end = last
        return found, last if looked_at == SCANNED else None

    async def estimate(self, app: int, tag: str, slice_: KeyRange) -> int | None:
        return await estimate(self._database, app, tag, slice_)

    async def carrying(self, tag: str, limit: int) -> list[Device]:
        query = self._database.client.collection_group("devices").where(
            filter=FieldFilter("tagIds", "array_contains", tag)
        )
        with translated():
            return [decode(snapshot.to_dict()) async for snapshot in query.limit(limit).stream()]

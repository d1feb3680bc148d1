"""Many devices stored at once, that nobody else is writing; and what a tool must know of those that are there."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from push.adapters.firestore.client import Database
from push.adapters.firestore.device_documents import Places, decode, encode, known_of, target_document
from push.adapters.firestore.errors import GUARD, translated
from push.adapters.firestore.raw import creation
from push.domain.device import Device, Target
from push.domain.ids import Keys
from push.ports import Known

# Firestore takes 10 MiB a commit: 300 of the largest documents that a device may have are half of that.
_WRITES_AT_ONCE = 300
_COMMITS_AT_ONCE = 8
_KNOWN_AT_ONCE = 20_000


class DeviceImport:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._at = Places(database)

    async def put_many(self, app: int, devices: Sequence[Device]) -> list[Device]:
        groups: list[list[Device]] = [[]]
        writes = 0
        named: set[str] = set()
        left_out: list[Device] = []
        for device in devices:
            keys = {self._keys.device(device.alias), *(self._keys.target(t.kind, t.value) for t in device.targets)}
            if not keys.isdisjoint(named):
                # One commit may not create a document twice, so the first of these devices has it.
                left_out.append(device)
                continue
            named |= keys
            writes += len(keys)
            if writes > _WRITES_AT_ONCE:
                groups.append([])
                writes = len(keys)
            groups[-1].append(device)
        slots = asyncio.Semaphore(_COMMITS_AT_ONCE)
        late = await asyncio.gather(*(self._create(app, group, slots) for group in groups if group))
        return [*left_out, *(device for some in late for device in some)]

    async def owners(self, app: int, targets: Sequence[Target]) -> dict[Target, Device]:
        by_key = {self._keys.target(target.kind, target.value): target for target in targets}
        owners: dict[str, str] = {}
        held: dict[str, Device] = {}
        with translated():
            references = [self._at.target(app, key) for key in by_key]
            async for snapshot in self._database.client.get_all(references, field_paths=["device"]):
                if snapshot.exists:
                    owners[snapshot.id] = snapshot.get("device")
            async for snapshot in self._database.client.get_all(
                [self._at.device(app, key) for key in {*owners.values()}]
            ):
                if snapshot.exists:
                    held[snapshot.id] = decode(snapshot.to_dict())
        return {by_key[key]: held[device] for key, device in owners.items() if device in held}

    async def known(self, app: int) -> AsyncIterator[list[Known]]:
        devices = self._at.devices(app)
        query = devices.order_by("__name__").select(["id", "alias", "updatedAt", "user"]).limit(_KNOWN_AT_ONCE)
        page = query
        while True:
            # A query each: Firestore ends long streams.
            with translated():
                found = [snapshot async for snapshot in page.stream()]
            if found:
                yield [known_of(snapshot.to_dict()) for snapshot in found]
            if len(found) < _KNOWN_AT_ONCE:
                return
            page = query.start_after({"__name__": devices.document(found[-1].id)})

    async def _create(self, app: int, devices: Sequence[Device], slots: asyncio.Semaphore) -> list[Device]:
        """By one commit; where somebody was first it is halved until those are found. Answers them."""
        batch = self._database.client.batch()
        for device in devices:
            key = self._keys.device(device.alias)
            batch._add_write_pbs([creation(self._at.device(app, key), encode(device, self._keys))])
            for target in device.targets:
                document = target_document(device, key, target, device.created_at)
                target_at = self._at.target(app, self._keys.target(target.kind, target.value))
                batch._add_write_pbs([creation(target_at, document)])
        try:
            async with slots:
                with translated():
                    await batch.commit()
        except GUARD:
            if len(devices) == 1:
                return list(devices)
            middle = len(devices) // 2
            return [
                *(await self._create(app, devices[:middle], slots)),
                *(await self._create(app, devices[middle:], slots)),
            ]
        return []

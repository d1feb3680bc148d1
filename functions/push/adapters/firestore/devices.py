"""`apps/{app}/devices/{key}` and, in the same transaction, the audience `apps/{app}/targets/{key}`.

A device document names its targets, so that sending to an alias is one read; a target document copies what filters
need, so that sending to everybody is one read a phone.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import VERSION, Codec, at, ms
from push.adapters.firestore.device_search import SCANNED, device_query, position
from push.adapters.firestore.errors import GUARD, translated
from push.adapters.firestore.raw import creation
from push.adapters.firestore.turns import Turns
from push.domain.device import Device, Target
from push.domain.device_search import DeviceSearch
from push.domain.errors import Conflict
from push.domain.ids import Keys
from push.ports import Decide, Known

# Firestore takes 10 MiB a commit: 300 of the largest documents that a device may have are half of that.
_WRITES_AT_ONCE = 300
_COMMITS_AT_ONCE = 8
_KNOWN_AT_ONCE = 20_000
_CODEC = Codec(Device, times=("created_at", "updated_at", "seen_at", "dead_at"))


class FirestoreDevices:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._turns = Turns()

    async def get(self, app: int, id: str) -> Device | None:
        if not is_document_id(id):
            return None
        with translated():
            async for snapshot in self._by_id(app, id).stream():
                return decode(snapshot.to_dict())
        return None

    async def by_aliases(self, app: int, aliases: Sequence[str]) -> dict[str, Device]:
        references = [self._device(app, self._keys.device(alias)) for alias in dict.fromkeys(aliases)]
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
            "documents": [self._device(app, key)._document_path for key in named],
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
            changed: Device | None = await self._change(transaction, app, id, alias, decide)
            return changed

        # A phone that starts syncs twice at once; Firestore's locks would make the two wait for seconds.
        async with self._turns.take(f"{app}:{name}" for name in named):
            return await self._database.transact(work)

    async def any(self, app: int) -> bool:
        with translated():
            async for _ in self._database.client.collection(f"apps/{app}/devices").limit(1).stream():
                return True
        return False

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
            references = [self._target(app, key) for key in by_key]
            async for snapshot in self._database.client.get_all(references, field_paths=["device"]):
                if snapshot.exists:
                    owners[snapshot.id] = snapshot.get("device")
            async for snapshot in self._database.client.get_all([self._device(app, key) for key in {*owners.values()}]):
                if snapshot.exists:
                    held[snapshot.id] = decode(snapshot.to_dict())
        return {by_key[key]: held[device] for key, device in owners.items() if device in held}

    async def known(self, app: int) -> AsyncIterator[list[Known]]:
        devices = self._database.client.collection(f"apps/{app}/devices")
        query = devices.order_by("__name__").select(["id", "alias", "updatedAt", "user"]).limit(_KNOWN_AT_ONCE)
        page = query
        while True:
            # A query each: Firestore ends long streams.
            with translated():
                found = [snapshot async for snapshot in page.stream()]
            if found:
                yield [_known(snapshot.to_dict()) for snapshot in found]
            if len(found) < _KNOWN_AT_ONCE:
                return
            page = query.start_after({"__name__": devices.document(found[-1].id)})

    async def delete(self, app: int, id: str) -> Device | None:
        async def work(transaction: Any) -> Device | None:
            deleted: Device | None = await self._delete(transaction, app, id)
            return deleted

        async with self._turns.take([f"{app}:id:{id}"]):
            return await self._database.transact(work)

    async def search(
        self, app: int, wanted: DeviceSearch, limit: int, after: str | None
    ) -> tuple[list[Device], str | None]:
        if wanted.alias is not None:
            return [d for d in (await self.by_aliases(app, [wanted.alias])).values() if wanted.finds(d)], None
        query = device_query(self._database.client.collection(f"apps/{app}/devices"), wanted, after)
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

    async def carrying(self, tag: str, limit: int) -> list[Device]:
        query = self._database.client.collection_group("devices").where(
            filter=FieldFilter("tagIds", "array_contains", tag)
        )
        with translated():
            return [decode(snapshot.to_dict()) async for snapshot in query.limit(limit).stream()]

    async def _create(self, app: int, devices: Sequence[Device], slots: asyncio.Semaphore) -> list[Device]:
        """By one commit; where somebody was first it is halved until those are found. Answers them."""
        batch = self._database.client.batch()
        for device in devices:
            key = self._keys.device(device.alias)
            batch._add_write_pbs([creation(self._device(app, key), encode(device, self._keys))])
            for target in device.targets:
                document = target_document(device, key, target, device.created_at)
                target_at = self._target(app, self._keys.target(target.kind, target.value))
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

    async def _delete(self, transaction: Any, app: int, id: str) -> Device | None:
        device = await _first(self._by_id(app, id).stream(transaction=transaction))
        if device is None:
            return None
        key = self._keys.device(device.alias)
        targets = [self._keys.target(target.kind, target.value) for target in device.targets]
        owners = await self._owners(transaction, app, targets)
        for target_key, owner in owners.items():
            if owner["device"] == key:
                transaction.delete(self._target(app, target_key))
        transaction.delete(self._device(app, key))
        return device

    async def _change(self, transaction: Any, app: int, id: str | None, alias: str | None, decide: Decide) -> Any:
        known = id is not None and is_document_id(id)
        by_id = await _first(self._by_id(app, id or "").stream(transaction=transaction)) if known else None
        by_alias = await self._read(transaction, app, alias) if alias else None
        wanted = decide(by_id, by_alias)
        if wanted is None:
            return None
        stored = by_id or by_alias
        key = self._keys.device(wanted.alias)
        if stored is not None and stored.alias != wanted.alias:
            holder = by_alias if alias == wanted.alias else await self._read(transaction, app, wanted.alias)
            if holder is not None and holder.id != wanted.id:
                raise Conflict(f"alias {wanted.alias!r} belongs to another device; choose another one")
        targets = {self._keys.target(t.kind, t.value): t for t in wanted.targets}
        owners = await self._owners(transaction, app, list(targets))
        robbed = {
            owner["device"]: await self._device(app, owner["device"]).get(transaction=transaction)
            for owner in owners.values()
            if owner["device"] not in (key, self._keys.device(stored.alias) if stored else key)
        }
        # Reads are over; Firestore wants all writes of a transaction after them.
        for snapshot in robbed.values():
            if snapshot.exists:
                kept = [t for t in snapshot.get("targets") if t["key"] not in targets]
                transaction.update(snapshot.reference, {"targets": kept})
        if stored is not None:
            if self._keys.device(stored.alias) != key:
                transaction.delete(self._device(app, self._keys.device(stored.alias)))
            for target in stored.targets:
                gone = self._keys.target(target.kind, target.value)
                if gone not in targets:
                    transaction.delete(self._target(app, gone))
        for target_key, target in targets.items():
            document = target_document(wanted, key, target, wanted.updated_at)
            owner = owners.get(target_key)
            if owner is not None:
                document["registeredAt"] = owner["registeredAt"] if owner["device"] == key else document["registeredAt"]
            if document != owner:
                transaction.set(self._target(app, target_key), document)
        transaction.set(self._device(app, key), encode(wanted, self._keys))
        return wanted

    async def _read(self, transaction: Any, app: int, alias: str) -> Device | None:
        snapshot = await self._device(app, self._keys.device(alias)).get(transaction=transaction)
        return decode(snapshot.to_dict()) if snapshot.exists else None

    async def _owners(self, transaction: Any, app: int, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The target documents that exist, by key."""
        if not keys:
            return {}
        references = [self._target(app, key) for key in keys]
        snapshots = self._database.client.get_all(references, transaction=transaction)
        return {snapshot.id: snapshot.to_dict() async for snapshot in snapshots if snapshot.exists}

    def _by_id(self, app: int, id: str) -> Any:
        devices = self._database.client.collection(f"apps/{app}/devices")
        return devices.where(filter=FieldFilter("id", "==", id)).limit(1)

    def _device(self, app: int, key: str) -> Any:
        return self._database.client.document(f"apps/{app}/devices/{key}")

    def _target(self, app: int, key: str) -> Any:
        return self._database.client.document(f"apps/{app}/targets/{key}")


async def _first(snapshots: Any) -> Device | None:
    async for snapshot in snapshots:
        return decode(snapshot.to_dict())
    return None


def encode(device: Device, keys: Keys) -> dict[str, Any]:
    """`tagIds` is what devices are searched by: the tags themselves stand in maps, which no index sees into."""
    document = _CODEC.encode(device)
    document["tagIds"] = [tag.id for tag in device.tags]
    document["targets"] = [target_entry(t, keys.target(t.kind, t.value)) for t in device.targets]
    return document


def decode(document: Mapping[str, Any]) -> Device:
    return _CODEC.decode(document)


def _known(document: Mapping[str, Any]) -> Known:
    return Known(document["id"], document["alias"], ms(document["updatedAt"]), document.get("user"))


def target_entry(target: Target, key: str) -> dict[str, str]:
    """A target as its device names it. Exactly this map is what ArrayRemove takes off again."""
    return {"kind": target.kind.value, "value": target.value, "platform": target.platform.value, "key": key}


def target_document(device: Device, device_key: str, target: Target, registered_at: int) -> dict[str, Any]:
    copied = {"user": device.user, "locale": device.locale, "timezone": device.timezone}
    return {
        "v": VERSION,
        "kind": target.kind.value,
        "value": target.value,
        "platform": target.platform.value,
        "registeredAt": at(registered_at),
        "device": device_key,
        "deviceId": device.id,
        "tags": {tag.id: True for tag in device.tags},
        **copied,
    }

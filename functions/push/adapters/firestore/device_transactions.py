"""Devices written together with the audience: in one transaction, whoever else writes them."""

from collections.abc import Sequence
from typing import Any

from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.device_documents import Places, decode, encode, target_document
from push.domain.device import Device
from push.domain.errors import Conflict
from push.domain.ids import Keys
from push.ports import Decide


class DeviceTransactions:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._at = Places(database)

    async def change(self, transaction: Any, app: int, id: str | None, alias: str | None, decide: Decide) -> Any:
        known = id is not None and is_document_id(id)
        by_id = await _first(self._at.by_id(app, id or "").stream(transaction=transaction)) if known else None
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
            owner["device"]: await self._at.device(app, owner["device"]).get(transaction=transaction)
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
                transaction.delete(self._at.device(app, self._keys.device(stored.alias)))
            for target in stored.targets:
                gone = self._keys.target(target.kind, target.value)
                if gone not in targets:
                    transaction.delete(self._at.target(app, gone))
        for target_key, target in targets.items():
            document = target_document(wanted, key, target, wanted.updated_at)
            owner = owners.get(target_key)
            if owner is not None and owner["device"] == key:
                # What was found out about a target stays with it, unless another device brings it: that is a new one.
                document |= {name: owner[name] for name in ("registeredAt", "endpoint") if name in owner}
            if document != owner:
                transaction.set(self._at.target(app, target_key), document)
        transaction.set(self._at.device(app, key), encode(wanted, self._keys))
        return wanted

    async def delete(self, transaction: Any, app: int, id: str) -> Device | None:
        device = await _first(self._at.by_id(app, id).stream(transaction=transaction))
        if device is None:
            return None
        key = self._keys.device(device.alias)
        targets = [self._keys.target(target.kind, target.value) for target in device.targets]
        owners = await self._owners(transaction, app, targets)
        for target_key, owner in owners.items():
            if owner["device"] == key:
                transaction.delete(self._at.target(app, target_key))
        transaction.delete(self._at.device(app, key))
        return device

    async def _read(self, transaction: Any, app: int, alias: str) -> Device | None:
        snapshot = await self._at.device(app, self._keys.device(alias)).get(transaction=transaction)
        return decode(snapshot.to_dict()) if snapshot.exists else None

    async def _owners(self, transaction: Any, app: int, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The target documents that exist, by key."""
        if not keys:
            return {}
        references = [self._at.target(app, key) for key in keys]
        snapshots = self._database.client.get_all(references, transaction=transaction)
        return {snapshot.id: snapshot.to_dict() async for snapshot in snapshots if snapshot.exists}


async def _first(snapshots: Any) -> Device | None:
    async for snapshot in snapshots:
        return decode(snapshot.to_dict())
    return None

"""A device whose phones are gone, as Firestore keeps it: dead from then on, until it tells of another phone."""

import asyncio
import time
import uuid

import pytest
from google.cloud.firestore_v1 import DELETE_FIELD

from fakes.made import device
from push.adapters.firestore.audience import FirestoreAudience
from push.adapters.firestore.client import Database
from push.adapters.firestore.devices import FirestoreDevices
from push.domain.ids import Keys
from push.domain.keyspace import KeyRange


def test_a_target_that_does_not_know_when_it_was_seen_is_not_forgotten_while_its_device_is_heard_of(
    firestore_emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an older release wrote it: it says only when it was registered."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    async def play() -> None:
        database, keys = Database(f"test-{uuid.uuid4().hex[:12]}"), Keys("a pepper for tests only")
        try:
            devices, audience = FirestoreDevices(database, keys), FirestoreAudience(database, keys)
            await devices.put_many(1, [device(1, seen_at=9_000), device(2), device(3)])
            async for snapshot in database.client.collection("apps/1/targets").stream():
                await snapshot.reference.update({"seenAt": DELETE_FIELD})
            await database.client.document(f"apps/1/devices/{keys.device('alias-3')}").delete()
            found, _ = await audience.unseen(1, KeyRange("", ""), "", 2_000, 10)
            assert sorted(int(entry.device_id, 16) for entry in found) == [2, 3]
            assert await audience.remove(1, found) == 2
            left = [entry async for batch in audience.scan(1, (), KeyRange("", ""), "", 500) for entry in batch]
            assert [(int(entry.device_id, 16), entry.note) for entry in left] == [(1, "")]
        finally:
            await database.close()

    asyncio.run(play())


def test_a_device_whose_last_target_was_removed_is_dead_since_then(
    firestore_emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    async def play() -> None:
        database, keys = Database(f"test-{uuid.uuid4().hex[:12]}"), Keys("a pepper for tests only")
        try:
            devices, audience = FirestoreDevices(database, keys), FirestoreAudience(database, keys)
            await devices.put_many(1, [device(1, "one", "two")])
            (entries,) = await audience.by_aliases(1, ["alias-1"], ())
            for entry, dead in zip(entries, (False, True), strict=True):
                before = time.time_ns() // 1_000_000
                assert await audience.remove(1, [entry]) == 1
                stored = await devices.get(1, f"{1:024x}")
                assert stored is not None
                assert stored.dead_at is not None
                assert before - 1_000 <= stored.dead_at <= time.time_ns() // 1_000_000 + 1_000
                assert (stored.dead, len(stored.targets)) == (dead, 0 if dead else 1)
        finally:
            await database.close()

    asyncio.run(play())

"""A device whose phones are gone, as Firestore keeps it: dead from then on, until it tells of another phone."""

import asyncio
import time
import uuid

import pytest

from fakes.made import device
from push.adapters.firestore.audience import FirestoreAudience
from push.adapters.firestore.client import Database
from push.adapters.firestore.devices import FirestoreDevices
from push.domain.ids import Keys


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

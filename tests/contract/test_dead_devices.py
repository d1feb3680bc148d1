"""A device whose phones are gone, as Firestore keeps it: dead from then on, until it tells of another phone."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest
from google.cloud.firestore_v1 import DELETE_FIELD

from fakes.made import device
from push.adapters.firestore import removal
from push.adapters.firestore.audience import FirestoreAudience
from push.adapters.firestore.bulk import BulkWriter
from push.adapters.firestore.client import Database
from push.adapters.firestore.devices import FirestoreDevices
from push.domain.ids import Keys
from push.domain.keyspace import KeyRange
from push.domain.page import Entry

KEYS = Keys("a pepper for tests only")
ALL = KeyRange("", "")


class Kept(NamedTuple):
    database: Database
    devices: FirestoreDevices
    audience: FirestoreAudience

    async def everybody(self, stale_before: int = 0) -> list[Entry]:
        return [entry async for batch in self.audience.scan(1, (), ALL, "", stale_before) for entry in batch]


OnFirestore = Callable[[Callable[[Kept], Awaitable[None]]], None]


@pytest.fixture
def on_firestore(firestore_emulator: str, monkeypatch: pytest.MonkeyPatch) -> OnFirestore:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    def run(play: Callable[[Kept], Awaitable[None]]) -> None:
        async def whole() -> None:
            database = Database(f"test-{uuid.uuid4().hex[:12]}")
            try:
                await play(Kept(database, FirestoreDevices(database, KEYS), FirestoreAudience(database, KEYS)))
            finally:
                await database.close()

        asyncio.run(whole())

    return run


def test_a_target_that_does_not_know_when_it_was_seen_is_not_forgotten_while_its_device_is_heard_of(
    on_firestore: OnFirestore,
) -> None:
    """As an older release wrote it: it says only when it was registered."""

    async def play(kept: Kept) -> None:
        await kept.devices.put_many(1, [device(1, seen_at=9_000), device(2), device(3)])
        async for snapshot in kept.database.client.collection("apps/1/targets").stream():
            await snapshot.reference.update({"seenAt": DELETE_FIELD})
        await kept.database.client.document(f"apps/1/devices/{KEYS.device('alias-3')}").delete()
        found, _ = await kept.audience.unseen(1, ALL, "", 2_000, 10)
        assert sorted(int(entry.device_id, 16) for entry in found) == [2, 3]
        assert await kept.audience.remove(1, found) == 2
        assert [(int(entry.device_id, 16), entry.note) for entry in await kept.everybody(500)] == [(1, "")]

    on_firestore(play)


def test_a_device_whose_last_target_was_removed_is_dead_since_then(on_firestore: OnFirestore) -> None:
    async def play(kept: Kept) -> None:
        await kept.devices.put_many(1, [device(1, "one", "two")])
        (entries,) = await kept.audience.by_aliases(1, ["alias-1"], ())
        for entry, dead in zip(entries, (False, True), strict=True):
            before = time.time_ns() // 1_000_000
            assert await kept.audience.remove(1, [entry]) == 1
            stored = await kept.devices.get(1, f"{1:024x}")
            assert stored is not None
            assert stored.dead_at is not None
            assert before - 1_000 <= stored.dead_at <= time.time_ns() // 1_000_000 + 1_000
            assert (stored.dead, len(stored.targets)) == (dead, 0 if dead else 1)

    on_firestore(play)


def test_a_phone_that_registers_just_after_its_target_went_keeps_the_new_one(
    on_firestore: OnFirestore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the moment between the removal from the audience and the one from its device."""

    async def play(kept: Kept) -> None:
        again = [device(1, "one", seen_at=9_000, updated_at=9_000)]

        class Slow(BulkWriter):
            async def flush(self, skip: frozenset[int] = frozenset()) -> list[bool]:
                done = await super().flush(skip)
                if again:
                    registered = again.pop()
                    await kept.devices.change(1, registered.id, None, lambda *_: registered)
                return done

        monkeypatch.setattr(removal, "BulkWriter", Slow)
        await kept.devices.put_many(1, [device(1, "one")])
        (dead,) = await kept.audience.by_aliases(1, ["alias-1"], ())
        assert await kept.audience.remove(1, dead) == 1
        (named,) = await kept.audience.by_aliases(1, ["alias-1"], ())
        (entry,) = await kept.everybody()
        assert [each.target for each in named] == [entry.target] == [each.target for each in dead]

    on_firestore(play)


def test_a_device_loses_several_targets_by_one_write(
    on_firestore: OnFirestore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Firestore refuses a BatchWrite that names a document twice; its emulator does not."""
    written: list[str] = []

    class Watched(BulkWriter):
        def update(self, reference: Any, fields: dict[str, Any], version: Any = None) -> None:
            written.append(reference.id)
            super().update(reference, fields, version)

    async def play(kept: Kept) -> None:
        monkeypatch.setattr(removal, "BulkWriter", Watched)
        await kept.devices.put_many(1, [device(1, "one", "two", "three"), device(2, "other")])
        entries = await kept.everybody()
        assert await kept.audience.remove(1, [e for e in entries if e.target and e.target.value != "three"]) == 3
        assert sorted(written) == sorted(KEYS.device(alias) for alias in ("alias-1", "alias-2"))
        (left, nobody) = await kept.audience.by_aliases(1, ["alias-1", "alias-2"], ())
        assert [e.target.value for e in left if e.target] == ["three"]
        assert [e.target for e in nobody] == [None]

    on_firestore(play)

"""What is kept of a device that reports, as Firestore holds it."""

import asyncio
import uuid

import pytest

from push.adapters.firestore.activity import FirestoreActivity
from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import at
from push.domain.activity import Action, Event
from push.domain.schedule import DAY_MS


def test_of_each_action_the_first_moment_is_kept_whatever_comes_first(
    firestore_emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    async def play() -> None:
        database = Database(f"test-{uuid.uuid4().hex[:12]}")
        try:
            activity = FirestoreActivity(database)
            moments = [(Action.OPEN, 7_000), (Action.RECEIPT, 9_000), (Action.RECEIPT, 6_000), (Action.OPEN, 8_000)]
            for action, moment in moments:
                await activity.record_many([Event("r1", "d1", action, "ios", moment)])
            assert (await database.client.document("runs/r1/activity/d1").get()).to_dict() == {
                "v": 1, "device": "d1", "platform": "ios", "received": 6_000, "opened": 7_000,
                "did": {"receipt": True, "open": True}, "expireAt": at(8_000 + 90 * DAY_MS),
            }  # fmt: skip
        finally:
            await database.close()

    asyncio.run(play())

"""What is kept of single devices goes by itself, and never before what it is for. On the emulator alone."""

import asyncio
import uuid
from typing import Any

import pytest

from fakes.made import DAY_MS, run, schedule, shard
from push.adapters.firestore.activity import FirestoreActivity
from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import at
from push.adapters.firestore.ledger import FirestoreLedger
from push.adapters.firestore.runs import FirestoreRuns
from push.domain.activity import Action, Event
from push.domain.audience import Audience, AudienceKind
from push.domain.page import Failure, Leftover
from push.domain.schedule import State
from push.ports import Commit

KEPT = 7 * DAY_MS
ALIASES = Audience(kind=AudienceKind.ALIASES, listed=2)


def test_lists_failures_and_activity_expire_and_a_draft_waits(
    firestore_emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    database = Database(f"test-{uuid.uuid4().hex[:12]}", keep_days=7)

    async def expiry(path: str) -> Any:
        return (await database.client.document(path).get()).get("expireAt")

    async def play() -> None:
        runs, ledger = FirestoreRuns(database), FirestoreLedger(database)
        draft = run("r1", state=State.DRAFT, audience=ALIASES, wake_at=None)
        await runs.accept(schedule("r1", audience=ALIASES), draft, [["ann", "bob"]])
        assert await expiry("runs/r1/lists/0") is None
        for moment in (50 * DAY_MS, 900 * DAY_MS):
            version = (await runs.get("r1")).version  # type: ignore[union-attr]
            sent = run("r1", audience=ALIASES, expires_at=moment)
            await runs.revise(schedule("r1", audience=ALIASES), sent, None, version)
            assert await expiry("runs/r1/lists/0") == at(moment + KEPT)
            assert await runs.list_items("r1", "0") == ("ann", "bob")
        removed = run("r1", audience=ALIASES, expires_at=60 * DAY_MS, removed_at=9)
        await runs.remove("r1", removed, (await runs.get("r1")).version)  # type: ignore[union-attr]
        assert await expiry("runs/r1/lists/0") == at(60 * DAY_MS + KEPT)

        version = await ledger.create(shard(run="r1", since=5_000))
        failure = Failure("t", "d", "ios", "dead", "GONE")
        await ledger.commit(
            Commit(shard(run="r1", since=5_000, pages=1), [failure], [("0-0", (Leftover("k"),))]), version
        )
        await FirestoreActivity(database).record_many([Event("r1", "d", Action.OPEN, "ios", 5_000)])
        for path in ("failures/t", "activity/d"):
            assert await expiry(f"runs/r1/{path}") == at(5_000 + KEPT), path
        # A run lives 28 days at most, and may be halted and resumed in them.
        for path in ("shards/0", "lists/0-0"):
            assert await expiry(f"runs/r1/{path}") == at(5_000 + 29 * DAY_MS), path

    async def whole() -> None:
        try:
            await play()
        finally:
            await database.close()

    asyncio.run(whole())

"""What is kept of a device that reports, as Firestore holds it."""

import asyncio
import uuid

import pytest

from contract.conftest import FirestoreStores
from fakes.made import run, schedule
from infra.bench.bill import billed
from push.adapters.firestore.activity import FirestoreActivity
from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import at
from push.bootstrap import SystemClock
from push.domain.activity import Action, Event
from push.domain.device import Device
from push.domain.schedule import DAY_MS
from push.usecases.report_activity import Intake, Report, report_activity


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


def test_a_report_costs_a_read_and_a_write_and_what_it_is_about_one_read_a_minute(
    firestore_emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the README reckons what receipts cost."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    id, many = "a" * 24, 30

    async def play() -> None:
        stores = FirestoreStores()
        try:
            asked = schedule(id)
            await stores.runs.accept(asked, run(id), [])
            aliases = [f"phone-{number}" for number in range(many)]
            devices = [
                Device(id=f"{number:024x}", app=asked.app, alias=alias, created_at=0, updated_at=0, seen_at=0)
                for number, alias in enumerate(aliases)
            ]
            await stores.devices.put_many(asked.app, devices)
            intake = Intake()
            with billed(stores.database.client._firestore_api.transport) as bill:
                for alias in aliases:
                    await report_activity(
                        Report(id, alias, Action.RECEIPT, "android"),
                        intake=intake, schedules=stores.schedules, devices=stores.devices, activity=stores.activity,
                        clock=SystemClock(),
                    )  # fmt: skip
            assert (bill.reads, bill.writes) == (many + 1, many)
        finally:
            await stores.close()

    asyncio.run(play())

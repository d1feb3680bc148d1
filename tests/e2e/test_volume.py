"""A broadcast to 50,000 phones: each of them once, in a process that does not grow with the audience."""

import asyncio
import os
import threading

import httpx
import psutil
import pytest
from conftest import Caller

from fakes.made import device
from infra.local.supervisor import Stack
from push.bootstrap import Container
from push.domain.app import App
from push.settings import Settings

PHONES = 50_000
APP = 50
MIB = 1024 * 1024


@pytest.fixture
def crowd(stack: Stack) -> None:
    async def put() -> None:
        os.environ["FIRESTORE_EMULATOR_HOST"] = stack.firestore
        ports = Container(Settings.from_environment(stack.env))
        try:
            await ports.apps.put(App(id=APP, name="Crowd", firebase_project=stack.project, created_at=0))
            for start in range(0, PHONES, 5_000):
                numbers = range(start, start + 5_000)
                devices = [device(n, f"crowd-{n}", alias=f"member-{n}", app=APP) for n in numbers]
                await ports.devices.put_many(APP, devices)
        finally:
            await ports.close()
            del os.environ["FIRESTORE_EMULATOR_HOST"]

    asyncio.run(put())


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("crowd")
def test_fifty_thousand_phones_each_once_below_200_mib(caller: Caller, stack: Stack) -> None:
    peak = 0
    over = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.1):
            sizes = [psutil.Process(pid).memory_info().rss for pid in stack.part_pids("deliver")]
            peak = max(peak, *sizes)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        posted = caller.http.post(
            "api/push/schedule/", json={"appId": APP, "name": "To the crowd"}, headers=caller.server
        ).json()
        done = caller.sent(posted["id"], patience_s=200)
    finally:
        over.set()
        watcher.join()
    counts = httpx.get(f"{stack.fcm}/inbox/counts", params={"scheduleId": posted["id"]}).json()
    assert counts == {"accepted": PHONES, "targets": PHONES, "doubles": 0}
    assert done["counts"]["accepted"] == done["counts"]["targeted"] == PHONES
    assert 0 < peak < 200 * MIB

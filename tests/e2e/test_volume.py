"""A broadcast to thousands of phones: each of them once, in a process that does not grow with the audience.

`make test VOLUME=50000` plays it with 50,000 phones; storing them in the emulator is what takes the time.
"""

import os
import threading

import httpx
import psutil
import pytest

from e2e.callers import Caller, put_devices
from fakes.made import device
from infra.local.supervisor import Stack

PHONES = int(os.environ.get("VOLUME", "10000"))
APP = 50
MIB = 1024 * 1024


@pytest.fixture
def crowd(stack: Stack) -> None:
    put_devices(stack, APP, [device(n, f"crowd-{n}", alias=f"member-{n}", app=APP) for n in range(PHONES)])


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("crowd")
def test_a_crowd_of_phones_each_once_below_200_mib(caller: Caller, stack: Stack) -> None:
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

"""Whatever is killed in the middle: the stack comes back, and no phone is left out (P1 to P3)."""

import os
import signal
import time
from collections import Counter

import httpx
import psutil
import pytest

from e2e.callers import Caller, put_devices
from fakes.made import device
from infra.local.supervisor import Stack
from push.domain.run import PAGE_SIZE

PHONES = 3_000
PATIENCE_S = 60.0


@pytest.fixture(scope="module", autouse=True)
def phones(stack: Stack) -> None:
    """An app's worth of phones, put where its devices are."""

    app = stack.app.app_id
    put_devices(stack, app, [device(n, f"phone-{n}", alias=f"owner-{n}", app=app) for n in range(PHONES)])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def wait_for(caller: Caller, id: str, accepted: int) -> None:
    """Until FCM has taken that many, so that whatever is killed then is in the middle."""
    deadline = time.monotonic() + PATIENCE_S
    while caller.fcm.get("/inbox/counts", params={"scheduleId": id}).json()["accepted"] < accepted:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def complete(received: Counter[str], deaths_of_deliver: int) -> None:
    phones = {target: times for target, times in received.items() if target.startswith("phone-")}
    assert len(phones) == PHONES
    # P3: twice only what was in the one page open in each shard of a process that died.
    assert sum(phones.values()) - PHONES <= PAGE_SIZE * deaths_of_deliver


@pytest.mark.parametrize("which", ["gunicorn", "its worker"])
def test_deliver_is_killed_in_the_middle(caller: Caller, stack: Stack, which: str) -> None:
    caller.behave(rules=[{"delayMs": 60}])
    posted = caller.post(name="killed")
    wait_for(caller, posted["id"], 700)
    pids = stack.part_pids("deliver")
    kill(pids[0] if which == "gunicorn" else pids[-1])
    done = caller.sent(posted["id"])
    assert done["state"] == "sent"
    complete(caller.received(posted["id"]), deaths_of_deliver=1)
    assert done["counts"]["targeted"] == done["counts"]["accepted"]


@pytest.mark.parametrize("part", ["send", "tasks", "api", "sweep"])
def test_another_part_is_killed_in_the_middle(caller: Caller, stack: Stack, part: str) -> None:
    caller.behave(rules=[{"delayMs": 30}])
    posted = caller.post(name="killed")
    if part != "send":
        wait_for(caller, posted["id"], 300)
    for pid in stack.part_pids(part):
        kill(pid)
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            done = caller.sent(posted["id"])
            break
        except httpx.TransportError:  # api itself was killed
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert done["state"] == "sent"
    # The tasks emulator repeats what was in flight when it died; the lease keeps a second worker out.
    complete(caller.received(posted["id"]), deaths_of_deliver=0)
    assert done["counts"]["accepted"] == len(caller.received(posted["id"]))


def test_deliver_is_asked_to_end_and_nobody_gets_it_twice(caller: Caller, stack: Stack) -> None:
    """A new release: Cloud Run sends SIGTERM."""
    caller.behave(rules=[{"delayMs": 60}])
    posted = caller.post(name="replaced")
    wait_for(caller, posted["id"], 700)
    os.kill(stack.part_pids("deliver")[0], signal.SIGTERM)
    caller.sent(posted["id"])
    complete(caller.received(posted["id"]), deaths_of_deliver=0)


def test_deliver_ends_in_time_although_fcm_does_not_answer_and_everybody_is_accounted_for(
    caller: Caller, stack: Stack
) -> None:
    caller.behave(rules=[{"prefix": "phone-", "delayMs": 30_000}])
    posted = caller.post(name="no answer", aliases=[f"owner-{n}" for n in range(700)])
    begun(caller, 500)
    process = psutil.Process(stack.part_pids("deliver")[0])
    process.terminate()
    process.wait(9.5)  # Google kills after 10
    caller.behave(rules=[])
    counts = caller.sent(posted["id"])["counts"]
    assert (counts["targeted"], counts["accepted"], counts["unknown"]) == (700, 200, 500)
    assert set(caller.received(posted["id"]).values()) == {1}


def begun(caller: Caller, messages: int) -> None:
    """Until FCM has been asked that often, and keeps them waiting."""
    deadline = time.monotonic() + PATIENCE_S
    while caller.fcm.get("/behaviour").json()["rules"][0]["applied"] < messages:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_phones_that_fcm_cannot_serve_right_now_get_it_later(caller: Caller) -> None:
    caller.behave(rules=[{"prefix": "phone-1", "error": "UNAVAILABLE", "times": 20}])
    posted = caller.post(name="later", aliases=[f"owner-{n}" for n in range(100, 120)])
    done = caller.sent(posted["id"])
    assert caller.received(posted["id"]) == {f"phone-{n}": 1 for n in range(100, 120)}
    assert done["counts"]["accepted"] == 20

"""What waits for what, through everything."""

import time

import pytest

from e2e.callers import PATIENCE_S, Caller, put_devices
from fakes.made import device
from infra.local.supervisor import Stack

PHONES = 3_000
APP = 60


@pytest.fixture(scope="module", autouse=True)
def audience(stack: Stack) -> None:
    put_devices(stack, APP, [device(n, f"many-{n}", alias=f"one-{n}", app=APP) for n in range(PHONES)])


def broadcast(caller: Caller, app: int = APP) -> str:
    answer = caller.http.post("api/push/schedule/", json={"appId": app, "name": "To all"}, headers=caller.server)
    return str(answer.json()["id"])


def accepted(caller: Caller, id: str) -> int:
    return int(caller.fcm.get("/inbox/counts", params={"scheduleId": id}).json()["accepted"])


def wait_for(caller: Caller, id: str, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while accepted(caller, id) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_message_for_one_person_arrives_while_a_broadcast_is_being_sent(caller: Caller) -> None:
    caller.behave(rules=[{"prefix": "many-", "delayMs": 500}])
    caller.register("in a hurry")
    all_of_them = broadcast(caller)
    wait_for(caller, all_of_them, 1)
    urgent = caller.post(name="Your code", aliases=["in a hurry"])
    wait_for(caller, urgent["id"], 1)
    assert accepted(caller, all_of_them) < PHONES
    assert caller.sent(all_of_them)["counts"]["accepted"] == PHONES

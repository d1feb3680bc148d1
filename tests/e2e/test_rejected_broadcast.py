"""A broadcast that FCM rejects: tried on a hundred, halted, and sent to everybody else when it is mended."""

import time

import pytest

from e2e.callers import PATIENCE_S, Caller, put_devices
from fakes.made import device
from infra.local.supervisor import Stack

PHONES = 1_500
APP = 70


@pytest.fixture(scope="module", autouse=True)
def audience(stack: Stack) -> None:
    put_devices(stack, APP, [device(n, f"bird-{n}", alias=f"cage-{n}", app=APP) for n in range(PHONES)])


def broadcast(caller: Caller) -> str:
    answer = caller.http.post("api/push/schedule/", json={"appId": APP, "name": "To all"}, headers=caller.server)
    return str(answer.json()["id"])


def resume(caller: Caller, id: str) -> None:
    answer = caller.http.post(f"api/push/schedule/{id}/resume", headers=caller.server)
    assert (answer.status_code, answer.json()["state"]) == (200, "sending"), answer.text


def test_a_payload_that_fcm_rejects_reaches_a_hundred_and_the_others_when_it_is_resumed(caller: Caller) -> None:
    caller.behave(rules=[{"prefix": "bird-", "error": "INVALID_ARGUMENT"}])
    id_ = broadcast(caller)
    halted = caller.sent(id_)
    assert (halted["state"], caller.received(id_)) == ("halted", {})
    assert "The canary: FCM rejected" in halted["reason"]
    assert "(INVALID_ARGUMENT)" in halted["reason"]
    caller.behave(rules=[])
    resume(caller, id_)
    sent = caller.sent(id_)
    counts = sent["counts"]
    assert (sent["state"], counts["targeted"]) == ("sent", PHONES)
    # A hundred by estimate, which one slice of the key space makes.
    assert 50 < counts["rejected"] < 250
    received = caller.received(id_)
    assert set(received.values()) == {1}
    assert len(received) == counts["accepted"] == PHONES - counts["rejected"]


def test_a_project_that_is_misconfigured_is_named_and_nobody_is_left_out_once_it_is_mended(caller: Caller) -> None:
    caller.behave(rules=[{"prefix": "bird-", "error": "PERMISSION_DENIED"}])
    id_ = broadcast(caller)
    assert "Firebase Cloud Messaging API is enabled" in caller.sent(id_)["reason"]
    caller.behave(rules=[])
    resume(caller, id_)
    received: dict[str, int] = {}
    deadline = time.monotonic() + PATIENCE_S
    while len(received) < PHONES:
        assert time.monotonic() < deadline
        time.sleep(0.5)
        received = caller.received(id_)
    assert (len(received), set(received.values())) == (PHONES, {1})
    assert caller.sent(id_)["counts"]["accepted"] == PHONES

"""What waits for what, through everything."""

import time
from typing import Any

import httpx
import pytest

from e2e.callers import PATIENCE_S, Caller, put_devices
from fakes.made import device
from infra.local.supervisor import Stack

PHONES = 3_000
APP = 60
FULL_APP, FULL_PROJECT, FULL = 61, "another-project", 700


@pytest.fixture(scope="module", autouse=True)
def audience(stack: Stack) -> None:
    put_devices(stack, APP, [device(n, f"many-{n}", alias=f"one-{n}", app=APP) for n in range(PHONES)])
    put_devices(stack, FULL_APP, [device(n, f"full-{n}", app=FULL_APP) for n in range(FULL)], project=FULL_PROJECT)


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
    caller.behave(rules=[{"prefix": "many-", "delayMs": 3_000}])
    caller.register("in a hurry")
    all_of_them = broadcast(caller)
    wait_for(caller, all_of_them, 1)
    urgent = caller.post(name="Your code", aliases=["in a hurry"])
    wait_for(caller, urgent["id"], 1)
    assert accepted(caller, all_of_them) < PHONES
    caller.behave(rules=[])
    assert caller.sent(all_of_them)["counts"]["accepted"] == PHONES


def test_a_429_pauses_its_project_alone_and_everybody_gets_their_message_in_the_end(
    caller: Caller, stack: Stack
) -> None:
    rules = [{"prefix": "full-", "error": "QUOTA_EXCEEDED", "retryAfter": 5, "times": 40}]
    caller.behave(rules=[*rules, {"prefix": "many-", "delayMs": 50}])
    full, other = broadcast(caller, FULL_APP), broadcast(caller)
    done = caller.sent(other)
    assert done["counts"]["accepted"] == PHONES
    assert caller.sent(full)["counts"]["accepted"] == FULL
    counts = caller.fcm.get("/inbox/counts", params={"scheduleId": full}).json()
    assert counts == {"accepted": FULL, "targets": FULL, "doubles": 0}
    assert "notBefore" in stored(stack, f"pace/{FULL_PROJECT}")
    assert stored(stack, f"pace/{stack.project}") == {}
    # The second page was not sent into the pause: its shard was put off, and taken again.
    assert [stored(stack, f"runs/{id}/shards/0")["attempt"]["integerValue"] for id in (full, other)] == ["2", "1"]


def stored(stack: Stack, path: str) -> Any:
    """The fields of a document, as Firestore's REST API says them; none where it is not there."""
    documents = f"http://{stack.firestore}/v1/projects/{stack.project}/databases/(default)/documents"
    return httpx.get(f"{documents}/{path}", headers={"Authorization": "Bearer owner"}).json().get("fields", {})

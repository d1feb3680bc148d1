"""The promises of the README, P1 to P7, each alone: through real functions, with what it is about broken."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psutil
import pytest

from e2e.callers import Caller, put_devices
from fakes.made import device
from infra.local.supervisor import Stack
from push.domain.shard import PAGE_SIZE

PHONES = 2_500
OTHER_APP = 64
PATIENCE_S = 60.0
SECRETS = ("a-mails-owner@example.com", "a long password of theirs", "token-that-nobody-may-see", "alias-of-a-person")


@pytest.fixture(scope="module", autouse=True)
def phones(stack: Stack) -> None:
    """An app's worth of phones, put where its devices are."""
    app = stack.app.app_id
    put_devices(stack, app, [device(n, f"phone-{n}", alias=f"owner-{n}", app=app) for n in range(PHONES)])


@pytest.fixture
def tasks(stack: Stack) -> Iterator[Callable[..., None]]:
    """How Cloud Tasks misbehaves, until the test ends."""

    def behave(**faults: float) -> None:
        httpx.put(f"{stack.tasks_control}/behaviour", json=faults).raise_for_status()

    yield behave
    behave()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def wait_for(caller: Caller, id: str, accepted: int) -> None:
    """Until FCM has taken that many, so that whatever is killed then is in the middle."""
    deadline = time.monotonic() + PATIENCE_S
    while caller.fcm.get("/inbox/counts", params={"scheduleId": id}).json()["accepted"] < accepted:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def attempts(caller: Caller, id: str) -> list[Any]:
    """What FCM was asked, whatever it answered."""
    rows: list[Any] = caller.fcm.get("/journal", params={"scheduleId": id}).raise_for_status().json()
    return rows


def doubles(received: Counter[str]) -> int:
    """How many got it again, when all have it."""
    phones = {target: times for target, times in received.items() if target.startswith("phone-")}
    assert len(phones) == PHONES
    return sum(phones.values()) - PHONES


def ended(caller: Caller, id: str) -> Any:
    """As `sent`, also while the API itself is dead."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return caller.sent(id)
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


@pytest.mark.parametrize("part", ["send", "tasks", "api", "sweep"])
def test_p1_an_accepted_schedule_is_attempted_whatever_dies_after_the_201(
    caller: Caller, stack: Stack, part: str
) -> None:
    caller.behave(rules=[{"delayMs": 30}])
    posted = caller.post(name="P1")
    if part != "send":
        wait_for(caller, posted["id"], 300)
    for pid in stack.part_pids(part):
        kill(pid)
    done = ended(caller, posted["id"])
    assert done["state"] == "sent"
    # The tasks emulator repeats what was in flight when it died; the lease keeps a second worker out.
    assert doubles(caller.received(posted["id"])) == 0
    assert done["counts"]["accepted"] == len(caller.received(posted["id"]))


def test_p2_every_target_gets_its_attempt_whatever_fcm_says_at_first(caller: Caller) -> None:
    asked = {f"phone-{n}": 1 for n in range(100, 160)}
    caller.behave(
        rules=[
            {"prefix": "phone-10", "error": "UNAVAILABLE", "times": 10},
            {"prefix": "phone-11", "error": "QUOTA_EXCEEDED", "retryAfter": 1, "times": 10},
            {"prefix": "phone-12", "error": "UNAUTHENTICATED", "times": 10},
            {"prefix": "phone-13", "error": "INTERNAL", "times": 10},
        ]
    )
    posted = caller.post(name="P2", aliases=[f"owner-{n}" for n in range(100, 160)])
    done = caller.sent(posted["id"], patience_s=120)
    assert caller.received(posted["id"]) == asked
    assert done["counts"]["accepted"] == done["counts"]["targeted"] == 60


@pytest.mark.parametrize("which", ["gunicorn", "its worker"])
def test_p3_only_the_page_that_was_open_when_deliver_died_is_sent_again(
    caller: Caller, stack: Stack, which: str
) -> None:
    caller.behave(rules=[{"delayMs": 60}])
    posted = caller.post(name="P3")
    wait_for(caller, posted["id"], 700)
    pids = stack.part_pids("deliver")
    kill(pids[0] if which == "gunicorn" else pids[-1])
    done = caller.sent(posted["id"])
    assert done["state"] == "sent"
    assert doubles(caller.received(posted["id"])) <= PAGE_SIZE
    assert done["counts"]["targeted"] == done["counts"]["accepted"]


def test_p3_deliver_is_asked_to_end_and_nobody_gets_it_twice(caller: Caller, stack: Stack) -> None:
    """A new release: Cloud Run sends SIGTERM."""
    caller.behave(rules=[{"delayMs": 60}])
    posted = caller.post(name="P3, replaced")
    wait_for(caller, posted["id"], 700)
    os.kill(stack.part_pids("deliver")[0], signal.SIGTERM)
    caller.sent(posted["id"])
    assert doubles(caller.received(posted["id"])) == 0


def test_p4_nothing_is_sent_before_its_time_nor_after_it_ran_out(caller: Caller, tasks: Callable[..., None]) -> None:
    tasks(deliverTwice=1.0)
    caller.behave(rules=[{"delayMs": 3_000}])
    now = int(time.time() * 1000)
    send_on, expires_at = now + 2_000, now + 13_000
    posted = caller.post(name="P4", sendOn=send_on, expiresAt=expires_at)
    done = caller.sent(posted["id"])
    assert done["state"] == "expired"
    came = [row["came"] for row in attempts(caller, posted["id"])]
    assert came
    assert min(came) >= send_on
    # The page that was open then is too late for a phone that does not take it at once.
    assert sum(at > expires_at for at in came) <= PAGE_SIZE
    for row in caller.inbox(posted["id"]):
        began = row["at"] - 3_000
        # It was written a moment before it came: on a slow machine a long one, but not as long as all the pages take.
        assert int(row["message"]["android"]["ttl"][:-1]) <= max(0, expires_at - began) / 1000 + 5


def test_p4_after_a_cancel_only_the_page_that_is_open_goes_out(caller: Caller) -> None:
    caller.behave(rules=[{"delayMs": 3_000}])
    posted = caller.post(name="P4, cancelled")
    wait_for(caller, posted["id"], 400)
    answer = caller.http.post(f"api/push/schedule/{posted['id']}/cancel", headers=caller.server)
    cancelled_at = int(time.time() * 1000)
    assert answer.status_code == 200, answer.text
    # Of the page that is open nobody waits longer than 3 s; any other would be taken at once.
    caller.behave(rules=[])
    time.sleep(5)
    after = [row for row in attempts(caller, posted["id"]) if row["came"] > cancelled_at]
    assert len(after) <= PAGE_SIZE
    assert caller.read(posted["id"])["state"] == "cancelled"
    assert len(attempts(caller, posted["id"])) < PHONES


def test_p5_a_bad_target_a_bad_device_and_a_bad_project_stop_nobody_else(caller: Caller, stack: Stack) -> None:
    put_devices(stack, OTHER_APP, [device(n, f"denied-{n}", alias=f"denied-{n}", app=OTHER_APP) for n in range(40)])
    caller.behave(
        rules=[
            {"prefix": "denied-", "error": "PERMISSION_DENIED"},
            {"prefix": "phone-77", "error": "INVALID_ARGUMENT"},
            {"delayMs": 30},
        ]
    )
    bad = {n for n in range(PHONES) if str(n).startswith("77")}
    good = caller.post(name="P5")
    denied = caller.post(name="P5, denied", appId=OTHER_APP)
    listed = caller.post(name="P5, a list", aliases=["owner-1", "nobody", "owner-770", "owner-2"])
    assert caller.sent(denied["id"])["state"] == "halted"
    done = caller.sent(listed["id"])
    assert caller.received(listed["id"]) == {"phone-1": 1, "phone-2": 1}
    assert (done["counts"]["noSuchDevice"], done["counts"]["rejected"]) == (1, 1)
    done = caller.sent(good["id"])
    received = caller.received(good["id"])
    assert {f"phone-{n}" for n in range(PHONES) if n not in bad} <= received.keys()
    assert done["counts"]["rejected"] == len(bad)


def test_p6_what_was_recorded_is_neither_lost_nor_counted_twice(
    caller: Caller, stack: Stack, tasks: Callable[..., None]
) -> None:
    """Tasks come twice, their answers are dropped, and the worker dies with results that it had not stored."""
    tasks(deliverTwice=1.0, dropAnswer=0.7)
    caller.behave(rules=[{"prefix": "phone-9", "error": "INVALID_ARGUMENT"}, {"delayMs": 60}])
    bad = sum(str(n).startswith("9") for n in range(PHONES))
    posted = caller.post(name="P6")
    wait_for(caller, posted["id"], 700)
    kill(stack.part_pids("deliver")[-1])
    done = caller.sent(posted["id"], patience_s=120)
    counts = done["counts"]
    everybody = len({row["target"] for row in attempts(caller, posted["id"])})
    assert (counts["targeted"], counts["rejected"]) == (everybody, bad)
    assert counts["accepted"] == len(caller.received(posted["id"])) == everybody - bad
    failures = caller.http.get(f"api/push/schedule/{posted['id']}/failures?limit=500", headers=caller.server).json()
    assert len(failures["items"]) == min(bad, 500)


def test_p6_deliver_ends_in_time_although_fcm_does_not_answer_and_everybody_is_accounted_for(
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


def test_p7_without_a_right_nothing_is_read_sent_or_changed(caller: Caller) -> None:
    posted = caller.post(name="P7", sendOn=int(time.time() * 1000) + 3_600_000)
    path = f"api/push/schedule/{posted['id']}"
    for headers in ({}, {"Authorization": "Bearer x.y.z"}):
        assert caller.http.get(path, headers=headers).status_code == 401
        assert caller.http.post(f"{path}/cancel", headers=headers).status_code == 401
        assert (
            caller.http.post("api/push/schedule/", json={"appId": 2, "name": "x"}, headers=headers).status_code == 401
        )
    # A phone's token is worth little.
    assert caller.http.get(path, headers=caller.phone).status_code == 403
    assert caller.http.delete(path, headers=caller.phone).status_code == 403
    assert (
        caller.http.post("api/push/schedule/", json={"appId": 2, "name": "x"}, headers=caller.phone).status_code == 403
    )
    for name in ("send", "deliver", "sweep", "work", "ingest"):
        url = next(part.where for part in caller.stack.plan.parts if part.name == name)
        body = {"v": 1, "id": posted["id"], "epoch": 1}
        assert httpx.post(url, json=body).status_code == 401
        assert httpx.post(url, json=body, headers={"Authorization": "Bearer x.y.z"}).status_code == 401
        assert httpx.post(url, json=body, headers=caller.server).status_code == 401
        assert httpx.get(url).status_code == 405
    assert caller.read(posted["id"])["state"] == "scheduled"
    assert attempts(caller, posted["id"]) == []


def test_p7_no_log_of_any_part_holds_a_secret_a_token_or_a_person(caller: Caller, stack: Stack) -> None:
    """Whatever the other tests broke before is in these logs too."""
    email, password, token, alias = SECRETS
    caller.register(alias, token, f"{token}-too")
    secret = {"network": "halo", "email": email, "password": password, "deviceId": alias}
    profile = {"email": email, "name": "Ann", "surname": "Lee"}
    caller.http.post("api/segmentation/identified/register", json={"auth": secret, "profile": profile}, headers=caller.phone)  # fmt: skip  # noqa: E501
    caller.http.post("api/segmentation/identified/login", data={**secret, "password": f"{password}!"}, headers=caller.phone)  # fmt: skip  # noqa: E501
    caller.http.post("api/oauth/token", data={"grant_type": "password", "username": email, "password": password})
    caller.http.post("api/segmentation/appuser/", json={"alias": alias, "devices": token}, headers=caller.phone)
    caller.http.post("api/push/schedule/", content=f'{{"aliases": ["{alias}"', headers=caller.server)
    caller.behave(rules=[{"prefix": f"{token}-too", "error": "INVALID_TOKEN"}, {"drop": "after", "times": 1}])
    caller.sent(caller.post(name="P7", aliases=[alias, f"{alias}-nobody"])["id"])
    settings = stack.env
    forbidden = [
        *SECRETS, "phone-1", "owner-1", stack.app.client_secret, stack.admin.password, settings["KEY_PEPPER"],
        caller.server["Authorization"].split()[1], caller.phone["Authorization"].split()[1],
    ]  # fmt: skip
    found = {
        (path.name, secret)
        for path in stack.plan.state.glob("logs/*.log*")
        for secret in forbidden
        if secret in path.read_text(errors="replace")
    }
    assert found == set()

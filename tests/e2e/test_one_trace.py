"""One trace from the POST to the last page, through the logs of three processes; and how everything is meanwhile."""

import json
import time
from typing import Any

import pytest

from e2e.callers import PATIENCE_S, Caller, put_devices
from fakes.made import device
from infra.local.supervisor import Stack

APP, PHONES = 83, 1_200
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
WHOLE = f"projects/{{}}/traces/{TRACE}"


@pytest.fixture(scope="module", autouse=True)
def audience(stack: Stack) -> None:
    put_devices(stack, APP, [device(n, f"seen-{n}", app=APP) for n in range(PHONES)])


def of_trace(stack: Stack, part: str) -> list[Any]:
    """What a function's log says under the trace."""
    said = stack.log(part).read_text(errors="replace").rpartition("\n")[0].splitlines()
    lines = [json.loads(line) for line in said if TRACE in line and line.startswith("{")]
    return [line for line in lines if line["logging.googleapis.com/trace"] == WHOLE.format(stack.project)]


def test_a_broadcast_is_followed_by_one_trace_from_the_post_to_its_last_page(caller: Caller, stack: Stack) -> None:
    answer = caller.http.post(
        "api/push/schedule/", json={"appId": APP, "name": "Followed"},
        headers={**caller.server, "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
    )  # fmt: skip
    id_ = answer.json()["id"]
    assert caller.sent(id_)["counts"]["accepted"] == PHONES
    deadline = time.monotonic() + PATIENCE_S
    while not (said := of_trace(stack, "deliver")) or said[-1]["message"] != "run-state":
        assert time.monotonic() < deadline, said
        time.sleep(0.05)
    lines = {part: [line for line in of_trace(stack, part) if line["run"] == id_] for part in ("api", "send")}
    assert [(line["message"], line["to"]) for line in lines["api"]] == [("run-state", "scheduled")]
    (began,) = [line for line in lines["send"] if line["message"] == "run-state"]
    assert (began["from"], began["to"]) == ("scheduled", "sending")
    assert 0 <= began["late_ms"] < 60_000
    assert all(line["run"] == id_ and line["logging.googleapis.com/trace_sampled"] for line in said)
    # Each call of deliver is a request of its own, and names it.
    assert len({line["request_trace"] for line in said}) >= 2
    (first,) = [line for line in said if line["message"] == "run-first-page"]
    assert first["shard"] == "canary"
    assert began["late_ms"] <= first["late_ms"] < 60_000
    done = [line for line in said if line["message"] == "shard-done"]
    assert {line["shard"] for line in done} == {"canary", "0"}
    assert sum(line["targets"] for line in done) == PHONES
    (sent,) = [line for line in said if line["message"] == "run-state"]
    assert (sent["to"], sent["counts"]["accepted"]) == ("sent", PHONES)
    assert sent["took_ms"] > 0


def test_an_operator_sees_how_everything_is(caller: Caller) -> None:
    caller.behave(rules=[{"prefix": "seen-", "delayMs": 300}])
    body = {"appId": APP, "name": "Looked at"}
    id_ = caller.http.post("api/push/schedule/", json=body, headers=caller.server).json()["id"]
    waiting = caller.post(name="Tomorrow", sendOn=int(time.time() * 1_000) + 86_400_000, aliases=["nobody"])
    caller.sent(id_)
    # What was read before is answered for five seconds.
    deadline = time.monotonic() + 20
    while (status := _status(caller))["outcomes"]["accepted"] < PHONES:
        assert time.monotonic() < deadline, status
        time.sleep(0.2)
    assert (status["notes"], status["runs"]["late"]) == ({}, 0)
    assert status["queues"]["send"]["tasks"] >= 1
    assert all(depth["dueForMs"] < 60_000 for depth in status["queues"].values())
    assert status["versions"]["revision"] == "local"
    assert caller.http.post(f"api/push/schedule/{waiting['id']}/cancel", headers=caller.server).status_code == 200


def _status(caller: Caller) -> Any:
    answer = caller.http.get("api/status", headers=caller.server)
    assert answer.status_code == 200, answer.text
    return answer.json()

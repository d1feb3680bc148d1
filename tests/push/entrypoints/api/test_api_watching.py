"""Whoever changes a notification's state through the API says so in the log, once, in the trace that asked for it."""

from collections import Counter
from typing import Any

import pytest

from fakes.logged import changes, logged
from fakes.working import work
from fakes.world import World
from push.domain.schedule import State

LATER = 1_800_000_000_000 + 60_000
TRACE, OTHER = "4bf92f3577b34da6a3ce929d0e0e4736", "c" * 32


def traced(trace: str = TRACE) -> dict[str, str]:
    return {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}


@pytest.fixture
def world() -> World:
    return World()


def post(world: World, **body: Any) -> str:
    asked = {"appId": 2, "name": "Autumn wines", "sendOn": LATER, "aliases": ["a"], **body}
    answer = world.post("/api/push/schedule", asked, headers=traced())
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


def act(world: World, method: str, path: str, trace: str = OTHER, **more: Any) -> Any:
    answer = world.call(method, f"/api/push/schedule/{path}", headers=traced(trace), **more)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def told(world: World, capsys: pytest.CaptureFixture[str]) -> list[tuple[str | None, str]]:
    """The changes in their order; each that was stored is among them once, and no other."""
    lines = logged(capsys, "run-state")
    assert changes(lines) == Counter(world.ports.runs.changes)
    return [(line["from"], line["to"]) for line in lines]


def test_each_state_that_people_bring_about_is_said_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    id_ = post(world, draft=True)
    act(world, "POST", f"{id_}/send")
    copy = act(world, "POST", f"{id_}/duplicate")["id"]
    act(world, "POST", f"{id_}/cancel")
    act(world, "POST", f"{id_}/cancel")
    act(world, "DELETE", id_)
    act(world, "DELETE", copy)
    assert told(world, capsys) == [
        (None, "draft"), ("draft", "scheduled"), (None, "draft"), ("scheduled", "cancelled"), ("draft", "cancelled"),
    ]  # fmt: skip


def test_an_edit_that_leaves_the_state_is_no_change_of_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    id_ = post(world)
    body = {"appId": 2, "name": "Renamed", "sendOn": LATER + 1, "aliases": ["a"]}
    act(world, "PUT", id_, json=body)
    assert told(world, capsys) == [(None, "scheduled")]


def test_what_is_repeated_with_its_key_happened_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    body = {"appId": 2, "name": "Once", "aliases": ["a"]}
    for _ in range(2):
        assert world.post("/api/push/schedule", body, headers={"Idempotency-Key": "k"}).status_code == 201
    assert told(world, capsys) == [(None, "scheduled")]


def test_a_halted_one_that_is_resumed_goes_on_in_its_own_trace(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    id_ = post(world)
    run, version, at = world.ports.runs.stored[id_]
    world.ports.runs.stored[id_] = (run.model_copy(update={"state": State.HALTED}), version, at)
    logged(capsys)
    act(world, "POST", f"{id_}/resume")
    (line,) = logged(capsys, "run-state")
    assert (line["from"], line["to"], line["app"]) == ("halted", "sending", 2)
    assert (line["logging.googleapis.com/trace"][-32:], line["request_trace"]) == (TRACE, OTHER)


def test_what_is_called_off_with_its_app_says_so(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    post(world)
    answer = world.call("DELETE", "/api/core/app/2?force=true")
    assert answer.status_code == 200, answer.text
    work(world.ports)
    assert told(world, capsys) == [(None, "scheduled"), ("scheduled", "cancelled")]


def test_a_run_keeps_the_trace_of_whoever_asked_for_it_or_said_it_anew(world: World) -> None:
    id_ = post(world)
    assert world.ports.runs.stored[id_][0].traceparent == traced()["traceparent"]
    act(world, "PUT", id_, json={"appId": 2, "name": "Renamed", "sendOn": LATER, "aliases": ["a"]})
    assert world.ports.runs.stored[id_][0].traceparent == traced(OTHER)["traceparent"]


def test_a_run_of_a_request_without_a_trace_has_one_all_the_same(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [world.schedule(aliases=["a"]).json()["id"] for _ in range(2)]
    kept = [world.ports.runs.stored[id_][0].traceparent or "" for id_ in ids]
    said = [line["logging.googleapis.com/trace"][-32:] for line in logged(capsys, "run-state")]
    assert said == [trace[3:35] for trace in kept]
    assert len({*said}) == 2

"""Idempotency-Key: whatever is repeated, one schedule comes of it."""

import asyncio
from typing import Any

import httpx
import pytest

from fakes.world import World, assert_problem
from push.domain.account import ROLES, Caller
from push.domain.errors import PushError
from push.domain.schedule import Schedule
from push.usecases.post_schedule import post_schedule
from push.usecases.prepare_schedule import NewSchedule

BODY: dict[str, Any] = {
    "appId": 2, "name": "Ready", "aliases": ["a", "b"],
    "payload": {"notification": {"title": "T"}, "data": {"extra": {"x": 1, "y": [[2]]}, "shelf": 7}},
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def post(
    world: World, body: dict[str, Any] | None = None, key: str = "k 1", who: str | int = "admin"
) -> httpx.Response:
    return world.post("/api/push/schedule", body or BODY, who, headers={"Idempotency-Key": key})


def test_a_repeat_is_answered_as_the_first_time_and_sends_nothing_again(world: World) -> None:
    first = post(world)
    stored = world.stored()
    world.ports.clock.pass_ms(5_000)
    reordered = {name: BODY[name] for name in reversed(BODY)}
    for body in (BODY, reordered):
        again = post(world, body)
        assert (again.status_code, again.json(), again.headers["etag"]) == (201, first.json(), first.headers["etag"])
    assert world.stored() == stored
    assert len(world.ports.audit.kept) == 1


def test_after_an_edit_and_after_a_removal_a_repeat_still_sends_nothing(world: World) -> None:
    first = post(world, BODY | {"sendOn": world.ports.clock.now() + 9_000})
    id_ = first.json()["id"]
    world.call("PUT", f"/api/push/schedule/{id_}", json=BODY | {"name": "Later"})
    assert post(world, BODY | {"sendOn": world.ports.clock.now() + 9_000}).json() == first.json()
    world.call("DELETE", f"/api/push/schedule/{id_}")
    stored = world.stored()
    assert post(world, BODY | {"sendOn": world.ports.clock.now() + 9_000}).json() == first.json()
    assert world.stored() == stored


@pytest.mark.parametrize("other", [{"name": "Other"}, {"aliases": ["b", "a"]}, {"draft": True}, {"sendOn": 5}])
def test_another_body_with_the_same_key_is_refused(world: World, other: dict[str, Any]) -> None:
    post(world)
    stored = world.stored()
    assert_problem(post(world, BODY | other), 422, "/Idempotency-Key")
    assert world.stored() == stored


def test_a_key_belongs_to_who_sent_it_and_each_key_is_a_schedule(world: World) -> None:
    answers = [post(world), post(world, who="editor"), post(world, key="k 2"), world.post("/api/push/schedule", BODY)]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 4
    assert all(len(answer.json()["id"]) == 24 for answer in answers)


def test_a_key_that_was_forgotten_never_sends_its_schedule_again(world: World) -> None:
    post(world)
    world.ports.runs.memories.clear()
    stored = world.stored()
    assert_problem(post(world), 409)
    assert world.stored() == stored


def test_what_was_refused_is_not_remembered(world: World) -> None:
    assert_problem(post(world, BODY | {"name": ""}), 422, "/name")
    assert_problem(post(world, BODY | {"appId": 99}), 404)
    assert post(world).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "tab\there"])
def test_a_key_that_is_no_key_is_named(world: World, key: str) -> None:
    assert_problem(post(world, key=key), 422, "/Idempotency-Key")
    assert world.ports.runs.stored == {}


@pytest.mark.parametrize("other", ["Ready", "Other"])
def test_twins_that_come_at_once_make_one_schedule(world: World, other: str) -> None:
    ports = world.ports
    arrived = 0
    both = asyncio.Event()
    accept = ports.runs.accept

    async def together(*args: Any) -> None:
        nonlocal arrived
        arrived += 1
        if arrived == 2:
            both.set()
        await both.wait()
        await accept(*args)

    ports.runs.accept = together  # type: ignore[assignment, method-assign]  # both are past the memory when they meet the store

    async def twins() -> list[Schedule | BaseException]:
        caller = Caller(subject="admin", role="admin", rights=ROLES["admin"])
        calls = [
            post_schedule(
                caller, NewSchedule(app=2, name=name), apps=ports.apps, tags=ports.tags, runs=ports.runs,
                tasks=ports.tasks, audit=ports.audit, clock=ports.clock, key="k", templates=ports.templates,
            )
            for name in ("Ready", other)
        ]  # fmt: skip
        return await asyncio.gather(*calls, return_exceptions=True)

    answers = asyncio.run(twins())
    assert len(ports.runs.stored) == len(ports.tasks.created) == 1
    if other == "Ready":
        assert answers[0] == answers[1]
    else:
        assert [getattr(answer, "status", 201) for answer in answers if isinstance(answer, PushError)] == [422]

"""Notifications to identified users: asked for, read, edited, copied."""

from typing import Any

import pytest

from fakes.world import ANN, World, assert_problem
from push.domain.audience import MAX_ALIASES, Audience, AudienceKind

TO_USERS = "/api/push/schedule/toIdentified"
BODY = {"appId": 2, "name": "n", "users": [ANN.id, "identified-2", ANN.id]}


@pytest.fixture
def world() -> World:
    return World()


def test_users_are_kept_once_each_and_come_back(world: World) -> None:
    answer = world.post(TO_USERS, BODY)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["users"], made["audience"]) == ([ANN.id, "identified-2"], {"kind": "users", "count": 2})
    assert "aliases" not in made
    stored = world.ports.runs.stored[made["id"]][0].audience
    assert stored == Audience(kind=AudienceKind.USERS, listed=2)
    read = world.call("GET", f"/api/push/schedule/{made['id']}").json()
    assert read["users"] == made["users"]
    # What was read may be posted as it is, and put back.
    assert world.post("/api/push/schedule", read).json()["users"] == made["users"]
    edited = world.call("PUT", f"/api/push/schedule/{made['id']}", json=read | {"users": ["identified-3"]})
    assert edited.json()["users"] == ["identified-3"]
    copy = world.post(f"/api/push/schedule/{made['id']}/duplicate", {}).json()
    assert (copy["users"], copy["state"]) == (["identified-3"], "draft")


@pytest.mark.parametrize("users", [{}, {"users": None}, {"users": []}], ids=["absent", "null", "empty"])
def test_to_identified_needs_users(world: World, users: dict[str, Any]) -> None:
    assert_problem(world.post(TO_USERS, {"appId": 2, "name": "n"} | users), 422, "/users")
    assert world.stored() == World().stored()


def test_users_are_bounded_and_not_mixed_with_aliases(world: World) -> None:
    many = [f"identified-{n}" for n in range(MAX_ALIASES + 1)]
    assert_problem(world.post(TO_USERS, BODY | {"users": many}), 422, "/users")
    assert world.post(TO_USERS, BODY | {"users": many[1:]}).status_code == 201
    assert_problem(world.post(TO_USERS, BODY | {"aliases": ["a"]}), 422)


def test_an_apps_client_may_not_post_to_users_though_it_may_to_aliases(world: World) -> None:
    for path in (TO_USERS, "/api/push/schedule"):
        assert_problem(world.post(path, BODY | {"appId": 3}, 3), 403)

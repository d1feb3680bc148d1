"""`core/role`: HALO's three, and sets of rights of one's own."""

from typing import Any

import pytest

from fakes.world import World, assert_problem
from push.domain.account import Account, Right
from push.domain.role import Role
from push.entrypoints.api import core_examples

LIBRARIAN: dict[str, Any] = {"name": "librarian", "rights": ["devices", "tags"]}


@pytest.fixture
def world() -> World:
    return World()


def give(world: World, role: str) -> None:
    account = Account(id="ann", username=role, password_hash="h", role=role, created_at=0)
    world.ports.accounts.stored[role] = account


def test_a_role_allows_what_it_says_and_no_more(world: World) -> None:
    answer = world.post("/api/core/role", LIBRARIAN)
    assert answer.status_code == 201
    assert set(answer.json()) == set(core_examples.ROLE_ANSWER)
    give(world, "librarian")
    assert world.call("GET", "/api/segmentation/appuser/x?appId=2", "librarian").status_code == 404
    assert_problem(world.schedule("librarian"), 403)
    world.call("PUT", "/api/core/role/librarian", json={"rights": ["push-notifications"]})
    assert world.schedule("librarian").status_code == 201
    kept = [change.action.value for change in world.ports.audit.kept if change.resource == "role"]
    assert kept == ["create", "update"]


def test_halos_three_come_first_and_are_as_they_are(world: World) -> None:
    world.post("/api/core/role", LIBRARIAN)
    page = world.call("GET", "/api/core/role?limit=3").json()
    assert [(role["name"], role["fixed"]) for role in page["items"]] == [
        ("admin", True), ("manager", True), ("editor", True),
    ]  # fmt: skip
    after = world.call("GET", f"/api/core/role?cursor={page['pagination']['nextCursor']}").json()
    assert [role["name"] for role in after["items"]] == ["gardener", "librarian"]
    assert_problem(world.call("PUT", "/api/core/role/editor", json={"rights": ["users"]}), 409)
    assert_problem(world.call("DELETE", "/api/core/role/editor"), 409)
    assert_problem(world.post("/api/core/role", LIBRARIAN | {"name": "admin"}), 409)
    assert_problem(world.post("/api/core/role", LIBRARIAN), 409)


def test_a_role_that_was_read_may_be_put_back_as_it_is(world: World) -> None:
    made = world.post("/api/core/role", LIBRARIAN | {"description": "Keeps tags"}).json()
    assert world.call("PUT", "/api/core/role/librarian", json=made).json() == made
    assert world.call("GET", "/api/core/role/librarian").json() == made
    assert_problem(world.call("PUT", "/api/core/role/librarian", json={"name": "other"}), 422, "/name")


def test_a_role_that_somebody_has_is_not_deleted(world: World) -> None:
    world.post("/api/core/role", LIBRARIAN)
    give(world, "librarian")
    assert_problem(world.call("DELETE", "/api/core/role/librarian"), 409)
    del world.ports.accounts.stored["librarian"]
    assert world.call("DELETE", "/api/core/role/librarian").status_code == 200
    assert_problem(world.call("GET", "/api/core/role/librarian"), 404)
    assert_problem(world.call("PUT", "/api/core/role/librarian", json={}), 404)


def test_nobody_takes_rights_from_a_role_that_they_lack(world: World) -> None:
    """Else they could make an account small enough to change its password, and wait until it is large again."""
    world.ports.roles.stored["warden"] = Role(name="warden", rights=(Right.USERS, Right.ROLES))
    world.ports.roles.stored["keeper"] = Role(name="keeper", rights=(Right.USERS, Right.APPS))
    give(world, "warden")
    less = world.call("PUT", "/api/core/role/keeper", "warden", json={"rights": ["users"]})
    assert "apps" in assert_problem(less, 403)["detail"]
    told = world.call("PUT", "/api/core/role/keeper", "warden", json={"description": "Keeps apps"})
    assert set(told.json()["rights"]) == {"apps", "users"}
    assert world.call("PUT", "/api/core/role/keeper", "warden", json={"rights": ["apps"]}).status_code == 200


def test_nobody_gives_a_role_rights_that_they_lack(world: World) -> None:
    rights = [Right.ROLES.value, *LIBRARIAN["rights"]]
    world.post("/api/core/role", {"name": "chief", "rights": rights})
    give(world, "chief")
    assert world.post("/api/core/role", LIBRARIAN, "chief").status_code == 201
    assert_problem(world.post("/api/core/role", {"name": "boss", "rights": ["users"]}, "chief"), 403)
    assert_problem(world.call("PUT", "/api/core/role/chief", "chief", json={"rights": [*rights, "users"]}), 403)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"name": "Upper"}, "/name"),
        ({"rights": []}, "/rights"),
        ({"rights": ["everything"]}, "/rights/0"),
        ({"description": "x" * 501}, "/description"),
        ({"right": []}, "/right"),
    ],
)
def test_a_wrong_field_is_named(world: World, more: dict[str, Any], pointer: str) -> None:
    assert_problem(world.post("/api/core/role", LIBRARIAN | more), 422, pointer)
    assert "librarian" not in world.ports.roles.stored

"""`core/user` and `core/user/self`: who logs in, from where, and for how long."""

import json
from typing import Any

import httpx
import pytest

from fakes.world import PASSWORD, World, assert_problem
from push.domain.account import Account, Right
from push.domain.role import Role
from push.entrypoints.api import core_examples

ETL = {"username": "etl", "password": "long and random", "role": "editor"}


@pytest.fixture
def world() -> World:
    return World()


def log_in(world: World, username: str, password: str, address: str | None = None) -> httpx.Response:
    grant = {"grant_type": "password", "username": username, "password": password}
    headers = {} if address is None else {"X-Forwarded-For": address}
    return world.post("/api/oauth/token", grant, None, headers=headers)


def with_token(world: World, token: str, path: str = "/api/core/user/self", **headers: str) -> httpx.Response:
    return world.call("GET", path, None, headers={"Authorization": f"Bearer {token}"} | headers)


def keeper(world: World, *rights: Right) -> str:
    """Somebody with a role of their own."""
    world.ports.roles.stored["keeper"] = Role(name="keeper", rights=rights)
    account = Account(id="keeper", username="keeper", password_hash="h", role="keeper", created_at=0)
    world.ports.accounts.stored["keeper"] = account
    return "keeper"


def test_an_account_is_made_logs_in_and_never_shows_its_password(world: World) -> None:
    answer = world.post("/api/core/user", ETL)
    assert answer.status_code == 201
    assert set(answer.json()) == set(core_examples.ACCOUNT_ANSWER)
    token = log_in(world, "ETL", ETL["password"]).json()["access_token"]
    seen = with_token(world, token)
    assert set(seen.json()) == set(core_examples.SELF_ANSWER)
    assert seen.json()["rights"] == ["push-notifications", "segmented-push", "push-with-content"]
    listed = world.call("GET", "/api/core/user?skip=true")
    kept = json.dumps([change.model_dump(mode="json") for change in world.ports.audit.kept])
    assert kept.count('"create"') == 1
    assert not any(ETL["password"] in text for text in (answer.text, seen.text, listed.text, kept))


def test_accounts_are_paged_by_name(world: World) -> None:
    page = world.call("GET", "/api/core/user?limit=2").json()
    assert [account["username"] for account in page["items"]] == ["admin", "editor"]
    assert page["pagination"]["totalItems"] == 4
    after = world.call("GET", f"/api/core/user?cursor={page['pagination']['nextCursor']}").json()
    assert [account["username"] for account in after["items"]] == ["gardener", "manager"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"username": ""}, "/username"),
        ({"username": "a:b"}, "/username"),
        ({"username": " etl"}, "/username"),
        ({"password": "short"}, "/password"),
        ({"password": "x" * 257}, "/password"),
        ({"role": "nobody"}, "/role"),
        ({"role": "No Role"}, "/role"),
        ({"ipRanges": ["192.0.2.0/33"]}, "/ipRanges/0"),
        ({"ipRanges": ["192.0.2.0/24"] * 51}, "/ipRanges"),
        ({"disabled": "yes"}, "/disabled"),
        ({"admin": True}, "/admin"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_let_in(world: World, more: dict[str, Any], pointer: str) -> None:
    before = world.stored()
    assert_problem(world.post("/api/core/user", ETL | more), 422, pointer)
    assert world.stored() == before


def test_an_account_that_was_read_may_be_put_back_as_it_is(world: World) -> None:
    made = world.post("/api/core/user", ETL | {"ipRanges": ["192.0.2.7"]}).json()
    path = f"/api/core/user/{made['id']}"
    assert world.call("GET", path).json() == made
    assert world.call("PUT", path, json=made).json() == made
    assert made["ipRanges"] == ["192.0.2.7/32"]
    assert_problem(world.call("PUT", path, json={"username": "other"}), 422, "/username")
    assert_problem(world.post("/api/core/user", ETL | {"username": "ETL"}), 409)


def test_a_disabled_accounts_tokens_are_void_and_stay_so_when_it_is_enabled(world: World) -> None:
    tokens = log_in(world, "editor", PASSWORD).json()
    assert world.call("PUT", "/api/core/user/editor", json={"disabled": True}).json()["disabled"] is True
    assert_problem(with_token(world, tokens["access_token"]), 401)
    wrong = assert_problem(log_in(world, "editor", "wrong"), 401)
    assert assert_problem(log_in(world, "editor", PASSWORD), 401) == wrong
    world.call("PUT", "/api/core/user/editor", json={"disabled": False})
    assert_problem(with_token(world, tokens["access_token"]), 401)
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert_problem(world.post("/api/oauth/token", refresh, None), 401)
    assert log_in(world, "editor", PASSWORD).status_code == 200


def test_a_deleted_accounts_tokens_are_void_also_for_a_new_account_of_that_name(world: World) -> None:
    made = world.post("/api/core/user", ETL).json()
    token = log_in(world, "etl", ETL["password"]).json()["access_token"]
    assert world.call("DELETE", f"/api/core/user/{made['id']}").json() == made
    assert_problem(with_token(world, token), 401)
    world.post("/api/core/user", ETL)
    assert_problem(with_token(world, token), 401)
    assert_problem(world.call("GET", f"/api/core/user/{made['id']}"), 404)


def test_the_last_admin_is_neither_disabled_nor_deleted_nor_demoted(world: World) -> None:
    before = world.stored()
    assert_problem(world.call("PUT", "/api/core/user/admin", json={"disabled": True}), 409)
    assert_problem(world.call("PUT", "/api/core/user/admin", json={"role": "editor"}), 409)
    assert_problem(world.call("DELETE", "/api/core/user/admin"), 409)
    assert world.stored() == before


def test_an_admin_gives_somebody_another_password_and_all_their_tokens_end(world: World) -> None:
    token = log_in(world, "editor", PASSWORD).json()["access_token"]
    assert_problem(world.call("PUT", "/api/core/user/editor/password", json={"password": "short"}), 422, "/password")
    assert world.call("PUT", "/api/core/user/editor/password", json={"password": "a new password"}).status_code == 200
    assert_problem(with_token(world, token), 401)
    assert_problem(log_in(world, "editor", PASSWORD), 401)
    assert log_in(world, "editor", "a new password").status_code == 200


def test_ones_own_password_needs_the_old_one(world: World) -> None:
    body = {"oldPassword": "wrong", "password": "a new password"}
    path = "/api/core/user/self/password"
    assert_problem(world.call("PUT", path, "editor", json=body), 422, "/oldPassword")
    token = log_in(world, "editor", PASSWORD).json()["access_token"]
    assert world.call("PUT", path, "editor", json=body | {"oldPassword": PASSWORD}).status_code == 200
    assert_problem(with_token(world, token), 401)
    assert log_in(world, "editor", "a new password").status_code == 200


def test_an_account_with_ranges_works_from_there_alone(world: World) -> None:
    world.post("/api/core/user", ETL | {"ipRanges": ["192.0.2.0/24"]})
    assert_problem(log_in(world, "etl", ETL["password"]), 403)
    assert_problem(log_in(world, "etl", ETL["password"], "198.51.100.1"), 403)
    token = log_in(world, "etl", ETL["password"], "192.0.2.7").json()["access_token"]
    assert with_token(world, token, **{"X-Forwarded-For": "192.0.2.8"}).status_code == 200
    # What the client says of itself stands before what Google's front end adds.
    assert_problem(with_token(world, token, **{"X-Forwarded-For": "192.0.2.7, 198.51.100.1"}), 403)
    assert_problem(with_token(world, token), 403)


def test_a_wrong_password_does_not_learn_that_the_address_is_wrong_too(world: World) -> None:
    world.post("/api/core/user", ETL | {"ipRanges": ["192.0.2.0/24"]})
    assert_problem(log_in(world, "etl", "wrong"), 401)


def test_nobody_makes_or_takes_over_an_account_with_more_rights_than_their_own(world: World) -> None:
    who = keeper(world, Right.USERS, *world_editor())
    assert world.post("/api/core/user", ETL, who).status_code == 201
    before = world.stored()
    assert_problem(world.post("/api/core/user", ETL | {"username": "x", "role": "manager"}, who), 403)
    assert_problem(world.call("PUT", "/api/core/user/editor", who, json={"role": "admin"}), 403)
    for method, path, body in (
        ("PUT", "", {"disabled": True}), ("DELETE", "", {}), ("PUT", "/password", {"password": "a new password"}),
    ):  # fmt: skip
        assert_problem(world.call(method, f"/api/core/user/admin{path}", who, json=body), 403)
    assert world.stored() == before


def world_editor() -> tuple[Right, ...]:
    return (Right.NOTIFICATIONS, Right.SEGMENTED, Right.CONTENT)


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("PUT", "/password")])
def test_an_unknown_account_is_404(world: World, method: str, path: str) -> None:
    body = {"password": "long and random"} if path else {}
    assert_problem(world.call(method, f"/api/core/user/nobody{path}", json=body), 404)

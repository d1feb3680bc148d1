"""Whoever brings a token of another issuer: let in with the role they have here, and no account of ours."""

from typing import Any

import httpx
import pytest

from fakes.signing import Signer
from fakes.world import PASSWORD, World, assert_problem, settings
from push.bootstrap import Container
from push.domain.account import Account
from push.ports import Outsider

GOOGLE = Signer("google-1")
SERVER = "google:etl@wines.iam.gserviceaccount.com"


@pytest.fixture
def world() -> World:
    world = World()
    world.ports.outsiders.known = {
        "outside etl": Outsider(SERVER, "editor"),
        "outside gardener": Outsider("firebase:ann@example.com", "gardener"),
        "outside boss": Outsider("firebase:boss@example.com", "admin"),
        "outside stranger": Outsider("google:x@elsewhere", None, "SERVICE_ACCOUNTS names none for it"),
        "outside dreamer": Outsider("firebase:d@example.com", "emperor"),
    }
    return world


def call(world: World, token: str, method: str, path: str, **request: Any) -> httpx.Response:
    return world.call(method, path, None, headers={"Authorization": f"Bearer {token}"}, **request)


def test_a_service_account_posts_schedules_in_its_own_name(world: World) -> None:
    answer = call(world, "outside etl", "POST", "/api/push/schedule", json={"appId": 2, "name": "Autumn"})
    assert answer.status_code == 201
    assert world.ports.audit.kept[-1].actor == SERVER
    assert world.ports.runs.schedules[answer.json()["id"]].created_by == SERVER


def test_its_role_ends_where_the_role_ends(world: World) -> None:
    assert_problem(call(world, "outside etl", "GET", "/api/core/app"), 403)
    assert call(world, "outside gardener", "GET", "/api/segmentation/tag").status_code == 200
    assert call(world, "outside boss", "GET", "/api/core/audit").status_code == 200
    del world.ports.roles.stored["gardener"]
    assert_problem(call(world, "outside gardener", "GET", "/api/segmentation/tag"), 403)


@pytest.mark.parametrize(
    ("token", "said"), [("outside stranger", "SERVICE_ACCOUNTS"), ("outside dreamer", "does not exist here")]
)
def test_without_a_role_that_exists_a_good_token_is_told_what_is_missing(world: World, token: str, said: str) -> None:
    assert said in assert_problem(call(world, token, "GET", "/api/push/schedule"), 403)["detail"]


def test_a_token_that_is_no_good_is_401_and_says_so(world: World) -> None:
    refused = call(world, "outside forger", "GET", "/api/push/schedule")
    assert_problem(refused, 401)
    assert "invalid_token" in refused.headers["www-authenticate"]


def test_who_has_no_account_here_reads_none_and_changes_no_password(world: World) -> None:
    twin = Account(id="t", username="firebase:boss@example.com", password_hash="h", role="editor", created_at=0)
    world.ports.accounts.stored[twin.username] = twin
    assert_problem(call(world, "outside boss", "GET", "/api/core/user/self"), 404)
    body = {"oldPassword": PASSWORD, "password": "a new password of mine"}
    before = world.stored()
    assert_problem(call(world, "outside boss", "PUT", "/api/core/user/self/password", json=body), 409)
    assert world.stored() == before


def test_who_brings_a_token_cannot_get_ours_for_it(world: World) -> None:
    for grant in ("refresh_token", "password"):
        fields = {"grant_type": grant, "refresh_token": "outside boss", "username": SERVER, "password": "outside boss"}
        assert_problem(world.post("/api/oauth/token", fields, None), 401)


@pytest.mark.parametrize(
    ("more", "accepted"),
    [
        ({}, []), ({"firebase_auth_project": "wines"}, ["https://securetoken.google.com/wines"]),
        ({"service_accounts": {"a@b": "editor"}, "api_audience": ("x",)}, ["https://accounts.google.com"]),
    ],
    ids=["nobody", "firebase", "google"],
)  # fmt: skip
def test_a_deployment_accepts_only_the_issuers_that_it_names(more: dict[str, Any], accepted: list[str]) -> None:
    outsiders = Container(settings(**more)).outsiders
    issuers = ["https://accounts.google.com", "https://securetoken.google.com/wines", "https://evil.example"]
    assert [issuer for issuer in issuers if outsiders.claims(GOOGLE.unsigned({"iss": issuer}))] == accepted

"""Refresh tokens that rotate: a lost answer logs nobody out, a copied token ends with the original."""

from typing import Any

import httpx
import pytest

from fakes.world import PASSWORD, SECRET, World, assert_problem

PERSON = {"grant_type": "password", "username": "editor", "password": PASSWORD}
CLIENT = {"grant_type": "client_credentials", "client_id": "client-2", "client_secret": SECRET}
DAY_MS = 86_400_000


@pytest.fixture
def world() -> World:
    return World()


def log_in(world: World, grant: dict[str, Any]) -> str:
    token: str = world.post("/api/oauth/token", grant, None).json()["refresh_token"]
    return token


def refresh(world: World, token: str) -> httpx.Response:
    return world.post("/api/oauth/token", {"grant_type": "refresh_token", "refresh_token": token}, None)


def next_of(world: World, token: str) -> str:
    answer = refresh(world, token)
    assert answer.status_code == 200
    found: str = answer.json()["refresh_token"]
    return found


@pytest.mark.parametrize("grant", [PERSON, CLIENT], ids=["account", "phone"])
def test_each_refresh_gives_a_new_token_and_the_used_one_works_for_a_minute_more(world: World, grant: Any) -> None:
    first = log_in(world, grant)
    second = next_of(world, first)
    assert second != first
    world.ports.clock.pass_ms(60_000)
    again = next_of(world, first)
    assert next_of(world, again)
    assert next_of(world, second)


def test_a_token_used_again_after_a_minute_ends_all_that_came_from_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first = log_in(world, PERSON)
    second = next_of(world, first)
    other = log_in(world, PERSON)
    world.ports.clock.pass_ms(60_001)
    assert_problem(refresh(world, first), 401)
    assert_problem(refresh(world, second), 401)
    assert next_of(world, other)
    logged = capsys.readouterr().err
    assert logged.count("refresh-token-reused") == 1
    assert first not in logged


def test_a_phone_whose_answer_was_lost_gets_back_in_after_months(world: World) -> None:
    token = log_in(world, CLIENT)
    for _ in range(3):
        next_of(world, token)
        world.ports.clock.pass_ms(100 * DAY_MS)
    token = next_of(world, token)
    assert next_of(world, token)


def test_a_token_given_back_is_worth_nothing_and_its_like_go_with_it(world: World) -> None:
    first = log_in(world, PERSON)
    second = next_of(world, first)
    other = log_in(world, PERSON)
    answer = world.call("POST", "/api/oauth/revoke", None, data={"token": second})
    assert (answer.status_code, answer.json()) == (200, {})
    assert_problem(refresh(world, first), 401)
    assert_problem(refresh(world, second), 401)
    assert next_of(world, other)


def test_an_access_token_given_back_ends_its_refresh_tokens_too(world: World) -> None:
    tokens = world.post("/api/oauth/token", PERSON, None).json()
    assert world.post("/api/oauth/revoke", {"token": tokens["access_token"]}, None).status_code == 200
    assert_problem(refresh(world, tokens["refresh_token"]), 401)


@pytest.mark.parametrize("token", ["unknown", "x" * 4_000])
def test_what_is_no_token_is_as_good_as_revoked(world: World, token: str) -> None:
    assert world.post("/api/oauth/revoke", {"token": token}, None).status_code == 200
    assert_problem(world.post("/api/oauth/revoke", {}, None), 400, "/token")


def test_another_password_ends_all_refresh_tokens(world: World) -> None:
    tokens = [log_in(world, PERSON) for _ in range(2)]
    world.call("PUT", "/api/core/user/editor/password", json={"password": "a new password"})
    for token in tokens:
        assert_problem(refresh(world, token), 401)

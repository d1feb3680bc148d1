"""Guessing passwords: a name waits after ten wrong ones, and nobody learns whether it exists."""

from typing import Any

import httpx
import pytest

from fakes.world import PASSWORD, SECRET, World, assert_problem

MINUTE_MS = 60_000


@pytest.fixture
def world() -> World:
    return World()


def log_in(world: World, name: str, password: str, address: str = "192.0.2.1") -> httpx.Response:
    grant = {"grant_type": "password", "username": name, "password": password}
    return world.post("/api/oauth/token", grant, None, headers={"X-Forwarded-For": address})


def client(world: World, secret: str, address: str) -> httpx.Response:
    grant = {"grant_type": "client_credentials", "client_id": "client-2", "client_secret": secret}
    return world.post("/api/oauth/token", grant, None, headers={"X-Forwarded-For": address})


def guess(world: World, name: str, times: int) -> list[Any]:
    return [assert_problem(log_in(world, name, "wrong"), 401) for _ in range(times)]


def test_after_ten_wrong_passwords_the_right_one_waits_as_well(world: World) -> None:
    guess(world, "editor", 10)
    waiting = log_in(world, "Editor", PASSWORD)
    assert_problem(waiting, 429)
    assert waiting.headers["retry-after"] == "900"
    world.ports.clock.pass_ms(14 * MINUTE_MS)
    assert log_in(world, "editor", PASSWORD).headers["retry-after"] == "60"
    world.ports.clock.pass_ms(MINUTE_MS)
    assert log_in(world, "editor", PASSWORD).status_code == 200


def test_a_name_that_does_not_exist_is_answered_in_the_same_words(world: World) -> None:
    assert guess(world, "nobody", 10) == guess(world, "editor", 10)
    assert log_in(world, "nobody", "x").json() == log_in(world, "editor", PASSWORD).json()


def test_other_names_do_not_wait_and_tokens_that_were_issued_go_on(world: World) -> None:
    tokens = log_in(world, "editor", PASSWORD).json()
    guess(world, "editor", 10)
    assert log_in(world, "manager", PASSWORD).status_code == 200
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert world.call("GET", "/api/push/schedule", None, headers=headers).status_code == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert world.post("/api/oauth/token", refresh, None).status_code == 200


def test_a_password_is_not_even_looked_at_while_its_name_waits(world: World) -> None:
    guess(world, "editor", 10)
    asked = len(world.ports.passwords.asked)
    log_in(world, "editor", PASSWORD)
    assert len(world.ports.passwords.asked) == asked


def test_right_passwords_are_never_counted(world: World) -> None:
    for _ in range(12):
        assert log_in(world, "editor", PASSWORD).status_code == 200
    guess(world, "editor", 9)
    assert log_in(world, "editor", PASSWORD).status_code == 200


def test_who_guesses_an_apps_secret_waits_and_its_phones_do_not(world: World) -> None:
    for _ in range(10):
        assert_problem(client(world, "wrong", "198.51.100.1"), 401)
    assert_problem(client(world, SECRET, "198.51.100.1"), 429)
    assert client(world, SECRET, "192.0.2.1").status_code == 200


def test_ones_old_password_cannot_be_guessed_with_a_stolen_token(world: World) -> None:
    body = {"oldPassword": "wrong", "password": "a new password"}
    path = "/api/core/user/self/password"
    for _ in range(10):
        assert_problem(world.call("PUT", path, "editor", json=body), 422)
    assert_problem(world.call("PUT", path, "editor", json=body | {"oldPassword": PASSWORD}), 429)

"""`oauth/token`, as HALO's SDKs and servers call it."""

from typing import Any

import httpx
import pytest

from fakes.identity import ACCESS_MS
from fakes.world import PASSWORD, SECRET, World, assert_problem

CLIENT: dict[str, Any] = {"grant_type": "client_credentials", "client_id": "client-2", "client_secret": SECRET}
PERSON: dict[str, Any] = {"grant_type": "password", "username": "admin", "password": PASSWORD}


@pytest.fixture
def world() -> World:
    return World()


def ask(world: World, form: bool = True, path: str = "/api/oauth/token", **fields: Any) -> httpx.Response:
    return world.call("POST", path, None, **({"data": fields} if form else {"json": fields}))


def test_the_javascript_sdk_gets_a_token_for_its_app_with_json(world: World) -> None:
    answer = ask(world, form=False, **CLIENT)
    assert answer.status_code == 200
    body = answer.json()
    assert {name: type(value) for name, value in body.items()} == {
        "access_token": str, "refresh_token": str, "expires_in": int, "scope": str, "token_type": str,
    }  # fmt: skip
    assert body["expires_in"] == 86_400_000
    assert body["token_type"] == "Bearer"
    assert world.ports.tokens.read_access(body["access_token"], world.ports.clock.now()).app == 2
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/oauth/token?_app", "/oauth/token/?_user", "//api//oauth/token"])
def test_phones_get_one_with_a_form_under_every_spelling_of_the_path(world: World, path: str) -> None:
    assert ask(world, path=path, **CLIENT).status_code == 200


def test_a_server_may_send_name_and_password_in_the_form_or_as_basic(world: World) -> None:
    in_form = ask(world, **PERSON)
    in_header = world.call(
        "POST", "/api/oauth/token", None, data={"grant_type": "password"}, headers=_basic("admin", PASSWORD)
    )
    for answer in (in_form, in_header):
        caller = world.ports.tokens.read_access(answer.json()["access_token"], world.ports.clock.now())
        assert (caller.subject, caller.role, caller.app) == ("admin", "admin", None)


def test_names_of_accounts_compare_without_case(world: World) -> None:
    assert ask(world, **(PERSON | {"username": " Admin"})).status_code == 200


@pytest.mark.parametrize("bearer", ["", "null", "expired or whatever"])
def test_a_bearer_on_the_token_call_itself_is_ignored(world: World, bearer: str) -> None:
    headers = {"Authorization": f"Bearer {bearer}".strip()}
    assert world.call("POST", "/api/oauth/token", None, data=CLIENT, headers=headers).status_code == 200


def test_a_refresh_token_gets_new_tokens_long_after_the_access_token_ended(world: World) -> None:
    refresh = ask(world, **CLIENT).json()["refresh_token"]
    world.ports.clock.pass_ms(300 * ACCESS_MS)
    answer = ask(world, grant_type="refresh_token", refresh_token=refresh, client_id="client-2", client_secret=SECRET)
    assert answer.status_code == 200
    assert world.ports.tokens.read_access(answer.json()["access_token"], world.ports.clock.now()).app == 2


def test_a_refreshed_account_has_the_role_of_today(world: World) -> None:
    refresh = ask(world, **PERSON).json()["refresh_token"]
    account = world.ports.accounts.stored["admin"]
    world.ports.accounts.stored["admin"] = account.model_copy(update={"role": "editor"})
    answer = ask(world, grant_type="refresh_token", refresh_token=refresh).json()
    assert world.ports.tokens.read_access(answer["access_token"], world.ports.clock.now()).role == "editor"


def test_a_refresh_token_is_worth_nothing_once_its_client_or_account_is_gone(world: World) -> None:
    of_client, of_person = ask(world, **CLIENT).json(), ask(world, **PERSON).json()
    del world.ports.apps.stored[2]
    del world.ports.accounts.stored["admin"]
    for tokens in (of_client, of_person):
        assert_problem(ask(world, grant_type="refresh_token", refresh_token=tokens["refresh_token"]), 401)


@pytest.mark.parametrize(
    "client",
    [("client-2", "wrong"), ("client-3", SECRET), ("nobody", SECRET)],
    ids=["secret", "another app", "unknown"],
)
def test_a_client_that_comes_with_a_refresh_token_must_be_right(world: World, client: tuple[str, str]) -> None:
    refresh = ask(world, **CLIENT).json()["refresh_token"]
    fields: dict[str, Any] = {"refresh_token": refresh, "client_id": client[0], "client_secret": client[1]}
    assert_problem(ask(world, grant_type="refresh_token", **fields), 401)


def test_an_access_token_does_not_refresh_and_a_refresh_token_does_not_open_doors(world: World) -> None:
    tokens = ask(world, **PERSON).json()
    assert_problem(ask(world, grant_type="refresh_token", refresh_token=tokens["access_token"]), 401)
    headers = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    assert_problem(world.call("GET", "/api/push/schedule", None, headers=headers), 401)


def test_an_unknown_name_is_answered_like_a_wrong_password_and_takes_the_same_steps(world: World) -> None:
    wrong = assert_problem(ask(world, **(PERSON | {"password": "wrong"})), 401)
    unknown = assert_problem(ask(world, **(PERSON | {"username": "nobody"})), 401)
    assert wrong == unknown
    assert world.ports.passwords.asked == [f"hashed {PASSWORD}", None]
    client = assert_problem(ask(world, **(CLIENT | {"client_secret": "wrong"})), 401)
    assert client == assert_problem(ask(world, **(CLIENT | {"client_id": "nobody"})), 401)


def test_only_who_spoke_basic_is_asked_for_basic(world: World) -> None:
    wrong = ask(world, **(PERSON | {"password": "wrong"}))
    assert wrong.headers["www-authenticate"].startswith("Bearer ")
    request = {"data": {"grant_type": "password"}, "headers": _basic("admin", "wrong")}
    assert world.call("POST", "/api/oauth/token", None, **request).headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({}, "invalid_request", "/grant_type"),
        ({"grant_type": "magic"}, "unsupported_grant_type", "/grant_type"),
        ({"grant_type": "client_credentials", "client_id": "client-2"}, "invalid_request", "/client_secret"),
        ({"grant_type": "password", "password": "x"}, "invalid_request", "/username"),
        ({"grant_type": "password", "username": "x" * 5_000, "password": "x"}, "invalid_request", "/username"),
        ({"grant_type": "refresh_token"}, "invalid_request", "/refresh_token"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_id": "c"}, "invalid_request", "/client_secret"),
    ],
)
@pytest.mark.parametrize("form", [True, False], ids=["form", "json"])
def test_a_missing_or_wrong_field_is_answered_400(
    world: World, fields: dict[str, Any], code: str, pointer: str, form: bool
) -> None:
    assert assert_problem(ask(world, form, **fields), 400, pointer)["code"] == code


def test_what_is_neither_json_nor_a_form_is_answered_415(world: World) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert_problem(world.call("POST", "/api/oauth/token", None, content=b"--x--", headers=headers), 415)


@pytest.mark.parametrize("form", [b"grant_type=%ff", b"\xff=1", b"a=1&a=2", b"&".join(b"f%d=1" % n for n in range(50))])
def test_a_form_that_cannot_be_read_is_answered_400(world: World, form: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert_problem(world.call("POST", "/api/oauth/token", None, content=form, headers=headers), 400)


@pytest.mark.parametrize("path", ["/api/oauth/token", "/api/oauth/revoke"])
def test_json_that_is_no_object_is_answered_422_as_documented(world: World, path: str) -> None:
    assert_problem(world.post(path, "a text", None), 422)
    operation = world.call("GET", "/api/openapi.json", None).json()["paths"][path]["post"]
    assert "422" in operation["responses"]


def test_a_field_that_is_no_text_is_answered_400(world: World) -> None:
    assert_problem(ask(world, form=False, **(CLIENT | {"client_secret": {"$ne": ""}})), 400, "/client_secret")


def test_a_basic_header_that_cannot_be_read_is_as_good_as_none(world: World) -> None:
    headers = {"Authorization": "Basic !!!"}
    assert_problem(
        world.call("POST", "/api/oauth/token", None, data={"grant_type": "password"}, headers=headers), 400, "/username"
    )


def test_no_secret_is_ever_told_back(world: World) -> None:
    answer = ask(world, form=False, **(CLIENT | {"client_secret": "do not repeat this"}))
    assert "do not repeat this" not in answer.text


def _basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": httpx.BasicAuth(name, password)._auth_header}

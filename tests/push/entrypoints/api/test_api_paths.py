"""Paths, methods, origins, and who may call at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.identity import ACCESS_MS
from fakes.world import World, assert_problem
from push.entrypoints.api.paths import normal


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    "path",
    [
        "/api/push/schedule", "/api/push/schedule/", "//api/push/schedule", "/api//push//schedule//", "/push/schedule",
        "/push/schedule/", "//push/schedule", "/api/push/schedule?_user", "/api/push/schedule/?_app&x=1",
    ],
)  # fmt: skip
def test_every_spelling_of_a_path_is_answered_and_none_redirects(world: World, path: str) -> None:
    assert world.call("GET", path).status_code == 200


@given(st.text("/apis"))
def test_a_normal_path_stays_as_it_is(path: str) -> None:
    once = normal(path)
    assert normal(once) == once
    assert once == "/api" or once.startswith("/api/")
    assert "//" not in once


@pytest.mark.parametrize("path", ["/", "/api", "/api/api/push/schedule", "/api/push", "/api/push/schedule/a/b", "/x"])
def test_an_unknown_path_is_answered_404(world: World, path: str) -> None:
    assert_problem(world.call("GET", path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/push/schedule", "GET, HEAD, POST"),
        ("PATCH", "/api/push/schedule/5/", "DELETE, GET, HEAD, PUT"),
        ("POST", "/segmentation/appuser/5", "DELETE, GET, HEAD, PUT"),
        ("PUT", "/api/segmentation/device", "GET, HEAD, POST"),
        ("GET", "/api/oauth/token", "POST"),
        ("OPTIONS", "/api/health", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_answered_405_with_all_that_the_path_has(
    world: World, method: str, path: str, allowed: str
) -> None:
    answer = world.call(method, path)
    assert_problem(answer, 405)
    assert answer.headers["allow"] == allowed


def test_health_is_answered_without_a_token_and_without_a_store() -> None:
    world = World()
    world.ports.apps.broken = RuntimeError("health must not ask")
    answer = world.call("GET", "/api/health", None)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_head_is_answered_like_get_without_the_body(world: World) -> None:
    answer = world.call("HEAD", "/health", None)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(b'{"status":"ok"}'))


def test_apps_learn_at_their_start_that_every_version_works(world: World) -> None:
    assert world.call("GET", "/api/authentication/version/current", None).json() == {"minAndroid": "0", "minIOS": "0"}
    assert world.call("GET", "/api/authentication/version/", None).json() == []


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, {"Authorization": "Basic YTpi"}]
)
def test_without_a_token_the_answer_is_401_and_names_the_scheme(world: World, headers: dict[str, str]) -> None:
    answer = world.call("GET", "/api/push/schedule", None, headers=headers)
    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"] == 'Bearer realm="halo-push"'


@pytest.mark.parametrize("token", ["made-up", "a.b.c"])
def test_a_token_that_is_no_good_is_answered_401_and_says_so(world: World, token: str) -> None:
    answer = world.call("GET", "/api/push/schedule", None, headers={"Authorization": f"Bearer {token}"})
    assert_problem(answer, 401)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_an_expired_token_is_answered_401_so_that_phones_log_in_again(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.token()}"}
    assert world.call("GET", "/api/push/schedule", None, headers=headers).status_code == 200
    world.ports.clock.pass_ms(ACCESS_MS)
    assert_problem(world.call("GET", "/api/push/schedule", None, headers=headers), 401)


@pytest.mark.parametrize("header", ["Authorization", "Authentication", "authorization"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_token_may_stand_where_halos_page_prints_it(world: World, header: str, scheme: str) -> None:
    headers = {header: f"{scheme} {world.token()}"}
    assert world.call("GET", "/api/push/schedule", None, headers=headers).status_code == 200


def test_nobody_learns_anything_before_showing_a_token(world: World) -> None:
    assert_problem(world.call("POST", "/api/push/schedule", None, content=b"not JSON"), 401)


def test_a_to_cache_header_and_a_get_with_a_body_are_tolerated(world: World) -> None:
    headers = {"to-cache": "3600", "Content-Type": "application/json"}
    assert world.call("GET", "/api/push/schedule", headers=headers).status_code == 200
    assert world.call("GET", "/api/push/schedule", headers=headers, json={"any": "thing"}).status_code == 200


def test_browsers_may_call_from_anywhere_unless_told_otherwise(world: World) -> None:
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "accept, content-type, authorization",
    }
    answer = world.call("OPTIONS", "/api/segmentation/device/5/", None, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, POST, PUT, DELETE"
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(header in allowed for header in ("accept", "content-type", "authorization"))


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({"Origin": "https://evil.example"}, "origin"),
        ({"Access-Control-Request-Method": "PATCH"}, "method"),
        ({"Access-Control-Request-Headers": "x-other"}, "headers"),
    ],
)
def test_a_browser_that_may_not_call_is_told_why_as_in_every_error(asked: dict[str, str], refused: str) -> None:
    world = World(allowed_origins="https://shop.example")
    well = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PUT"}
    answer = world.call("OPTIONS", "/api/push/schedule", None, headers=well | asked)
    assert assert_problem(answer, 400)["detail"].endswith(f"see its {refused}")
    allowed = None if refused == "origin" else "https://shop.example"
    assert answer.headers.get("access-control-allow-origin") == allowed


def test_errors_tell_browsers_that_they_may_read_them(world: World) -> None:
    origin = {"Origin": "https://shop.example"}
    for path, status in (("/api/push/schedule", 401), ("/nothing", 404)):
        answer = world.call("GET", path, None, headers=origin)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"


def test_an_operator_may_name_the_origins() -> None:
    world = World(allowed_origins="https://shop.example, https://cms.example")
    for origin, expected in (("https://cms.example", "https://cms.example"), ("https://evil.example", None)):
        answer = world.call("GET", "/api/health", None, headers={"Origin": origin})
        assert answer.headers.get("access-control-allow-origin") == expected


@pytest.mark.parametrize(
    ("who", "status"), [("admin", 200), ("manager", 200), ("editor", 200), (2, 403), ("gardener", 403)]
)
def test_schedules_are_read_by_accounts_whose_role_includes_it(world: World, who: str | int, status: int) -> None:
    for path in ("/api/push/schedule", f"/api/push/schedule/{world.schedule().json()['id']}"):
        assert world.call("GET", path, who).status_code == status


@pytest.mark.parametrize("nothing", ["Bearer null", "Bearer ", "Bearer", "Basic x"])
def test_a_header_that_carries_nothing_does_not_hide_the_other_one(nothing: str) -> None:
    world = World()
    both = {"Authorization": nothing, "Authentication": f"Bearer {world.token()}"}
    assert world.call("GET", "/api/push/schedule", None, headers=both).status_code == 200
    assert world.call("GET", "/api/push/schedule", None, headers={"Authorization": nothing}).status_code == 401

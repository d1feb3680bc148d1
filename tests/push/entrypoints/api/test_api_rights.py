"""The rights matrix, generated from the routes: every endpoint with every kind of caller."""

import pytest
from fastapi.routing import APIRoute

from fakes.world import ANN, World, assert_problem
from push.domain.account import ROLES, Right
from push.entrypoints.api.app import ROUTERS
from push.entrypoints.api.rights import needs_of

# Whoever has no token may ask for one, and look at what says nothing of anybody.
OPEN = {
    "/oauth/token", "/oauth/revoke", "/health", "/authentication/version", "/authentication/version/current",
    "/openapi.json", "/docs", "/docs/{name}",
}  # fmt: skip


ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
GUARDED = [(route, method) for route in ROUTES if route.path not in OPEN for method in sorted(route.methods or ())]
IDS = [f"{method} {route.path}" for route, method in GUARDED]


@pytest.mark.parametrize("route", ROUTES, ids=[f"{'/'.join(sorted(r.methods or ()))} {r.path}" for r in ROUTES])
def test_every_route_declares_the_right_it_needs_or_is_known_to_be_open(route: APIRoute) -> None:
    assert (needs_of(route) is None) == (route.path in OPEN)


@pytest.mark.parametrize(("route", "method"), GUARDED, ids=IDS)
def test_without_a_token_a_route_answers_401(route: APIRoute, method: str) -> None:
    world = World()
    before = world.stored()
    assert_problem(world.call(method, f"/api{route.path}", None), 401)
    assert world.stored() == before


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize(("route", "method"), GUARDED, ids=IDS)
def test_a_role_gets_403_exactly_where_its_rights_do_not_reach(route: APIRoute, method: str, role: str) -> None:
    needs = needs_of(route)
    assert needs is not None
    world = World()
    before = world.stored()
    answer = world.call(method, f"/api{route.path}", role)
    if needs.enough(ROLES[role]):
        assert answer.status_code != 403
    else:
        assert_problem(answer, 403)
        assert world.stored() == before


@pytest.mark.parametrize(("route", "method"), GUARDED, ids=IDS)
def test_an_apps_client_gets_403_where_it_is_not_let_in(route: APIRoute, method: str) -> None:
    needs = needs_of(route)
    assert needs is not None
    world = World()
    answer = world.call(method, f"/api{route.path}", 2)
    if needs.apps:
        assert answer.status_code != 401
    else:
        assert_problem(answer, 403)


@pytest.mark.parametrize(("route", "method"), GUARDED, ids=IDS)
def test_a_users_token_gets_403_where_it_is_not_let_in(route: APIRoute, method: str) -> None:
    needs = needs_of(route)
    assert needs is not None
    world = World()
    before = world.stored()
    answer = world.call(method, f"/api{route.path}", ANN)
    if needs.users:
        assert answer.status_code not in (401, 403)
    else:
        assert_problem(answer, 403)
        assert world.stored() == before


def test_an_admin_has_every_right() -> None:
    assert ROLES["admin"] == frozenset(Right)


def test_the_document_tells_of_each_route_whom_it_lets_in() -> None:
    paths = World().call("GET", "/api/openapi.json", None).json()["paths"]
    documented = {(route.path, method.lower()) for route, method in GUARDED if route.include_in_schema}
    routes = {(route.path, method.lower()): route for route, method in GUARDED}
    for path, method in documented:
        needs = needs_of(routes[path, method])
        assert needs is not None
        operation = paths[f"/api{path}"][method]
        assert operation["x-required-right"] == {
            "allOf" if needs.all else "anyOf": [right.value for right in needs.rights],
            "appClients": needs.apps,
            "appUsers": needs.users,
        }
        said = operation["description"]
        assert ("rights `apps` and `users` and `roles`" in said) == needs.all
        assert ("an app's own client." in said or "an app's own client, or" in said) == needs.apps
        assert ("a user who has logged in to an app." in said) == needs.users

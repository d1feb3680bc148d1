"""The right that each operation needs, in the OpenAPI document as its route declares it: the two cannot differ."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from push.domain.account import Right
from push.entrypoints.api.callers import Needs

# The routes by path and method in lower case.
Operations = dict[tuple[str, str], APIRoute]


def operations_of(prefix: str, routers: Iterable[APIRouter]) -> Operations:
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return {(prefix + route.path, method.lower()): route for route in routes for method in route.methods or ()}


def needs_of(route: APIRoute) -> Needs | None:
    """What a route declares, None where it lets everybody in."""
    return next((call for call in _calls(route.dependant) if isinstance(call, Needs)), None)


def describe(paths: dict[str, dict[str, Any]], operations: Operations) -> None:
    """Adds to each operation a sentence for people, and `x-required-right` for programs: an account needs any one of
    `anyOf`, or each of `allOf`; `appClients` and `appUsers` say whether an app's own client is let in, and whoever has
    logged in to an app."""
    for path, of_path in paths.items():
        for method, operation in of_path.items():
            needs = needs_of(operations[path, method])
            rights = [] if needs is None else [right.value for right in needs.rights]
            operation["x-required-right"] = {
                "allOf" if needs and needs.all else "anyOf": rights,
                "appClients": needs is None or needs.apps,
                "appUsers": needs is None or needs.users,
            }
            told = operation.get("description")
            operation["description"] = f"{told}\n\n{sentence(needs)}" if told else sentence(needs)


def sentence(needs: Needs | None) -> str:
    if needs is None:
        return "**Needs** no token."
    if set(needs.rights) == set(Right):
        return "**Needs** an account, whatever its role."
    named = [f"`{right.value}`" for right in needs.rights]
    told = "**Needs** the rights " + " and ".join(named) if needs.all else "**Needs** the right " + " or ".join(named)
    others = ["an app's own client"] * needs.apps + ["a user who has logged in to an app"] * needs.users
    return f"{', or '.join([told, *others])}."


def _calls(dependant: Any) -> Iterator[Any]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)

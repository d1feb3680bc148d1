"""The API as one ASGI application: FastAPI in the middle, and around it what must hold for every request."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp

from push.domain.errors import MethodNotAllowed, NotFound, PushError
from push.entrypoints.api import (
    accounts,
    activity,
    apps,
    audit,
    device_search,
    devices,
    docs,
    health,
    identified,
    jobs,
    own_account,
    results,
    roles,
    schedule_changes,
    schedules,
    status,
    tags,
    templates,
    tokens,
    user_devices,
    users,
    versions,
)
from push.entrypoints.api.guard import Guard, answer_crash
from push.entrypoints.api.origins import Origins
from push.entrypoints.api.paths import PREFIX, Paths
from push.entrypoints.api.problems import from_details, problem
from push.entrypoints.api.rights import operations_of
from push.ports import Ports
from push.settings import Settings
from push.usecases.read_status import Board
from push.usecases.report_activity import Intake

VERSION = "0.2.0"
# Tried in this order: what phones call most often comes first.
ROUTERS: Sequence[APIRouter] = (
    activity.router,
    tokens.router, apps.router, own_account.router, accounts.router, roles.router, audit.router, devices.router,
    device_search.router, identified.router, users.router, user_devices.router, tags.router,
    results.router, schedules.router, schedule_changes.router, templates.router, versions.router, health.router,
    jobs.router, status.router, docs.router,
)  # fmt: skip
_DESCRIPTION = """Push notifications for HALO's apps and integration servers.

Every path also answers without `/api`, with a slash at its end, and with doubled slashes. Times are milliseconds
since 1970. Errors are problem documents (RFC 9457) that carry HALO's own `error` object."""


def build(ports: Ports, settings: Settings, intake: Intake | None = None, board: Board | None = None) -> ASGIApp:
    """Once a process: nothing here is done again for a request. `intake` bounds the activity under way, `board` keeps
    the last status."""
    app = FastAPI(
        title="HALO Push",
        version=VERSION,
        description=_DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={
            PushError: _push_error,
            RequestValidationError: _bad_parameter,
            HTTPException: _http_error,
            Exception: _crash,
        },
    )
    app.state.ports = ports
    app.state.intake = intake or Intake()
    app.state.board = board or Board()
    app.state.revision = settings.k_revision
    app.state.proxies = settings.own_proxies
    app.state.operations = operations_of(PREFIX, ROUTERS)
    app.state.paths = [
        (compile_path(PREFIX + route.path)[0], frozenset(route.methods or ()))
        for router in ROUTERS
        for route in router.routes
        if hasattr(route, "methods") and hasattr(route, "path")
    ]
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    return Guard(Origins(Paths(app), settings), fallback=Origins(answer_crash, settings))


async def _push_error(_: Request, error: Any) -> Response:
    return problem(error)


async def _bad_parameter(_: Request, error: Any) -> Response:
    """A query parameter of the wrong type: pointers name it as if it were a field of the body."""
    return problem(from_details([each | {"loc": each["loc"][1:]} for each in error.errors()]))


async def _http_error(request: Request, _: Exception) -> Response:
    """Starlette's own: no such path, or a path without that method, of which it names those of its first route."""
    allowed = _allowed(request)
    if not allowed:
        return problem(NotFound("there is nothing at this path: /api/docs says what there is"))
    named = ", ".join(sorted(allowed))
    return problem(MethodNotAllowed(f"use one of {named}"), {"Allow": named})


def _allowed(request: Request) -> set[str]:
    methods = {m for path, of_path in request.app.state.paths if path.match(request.scope["path"]) for m in of_path}
    return methods | {"HEAD"} if "GET" in methods else methods


async def _crash(_: Request, __: Exception) -> Response:
    """FastAPI raises the error again after this answer; Guard logs it and ends it there."""
    return problem(PushError("unexpected error: it has been logged; try again later"))

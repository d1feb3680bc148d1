"""The `api` function: hands each request to one ASGI application, which is built on the first."""

from functools import lru_cache

from starlette.requests import Request
from starlette.types import ASGIApp

from push import logs
from push.bootstrap import container
from push.domain.errors import Misconfigured
from push.entrypoints.api.app import build
from push.entrypoints.api.problems import problem


async def api(request: Request) -> ASGIApp:
    """The framework awaits whatever ASGI callable it is given, with the request's own scope."""
    try:
        return _application()
    except Misconfigured as error:
        logs.begin_request(request.headers)
        # What is missing is for whoever deploys, in the log; a caller only learns that it is not their fault.
        logs.event("misconfigured", "CRITICAL", error=error.detail)
        return problem(Misconfigured("the service is not configured yet; its log says what is missing"))


@lru_cache(maxsize=1)
def _application() -> ASGIApp:
    ports = container()
    return build(ports, ports.settings)

"""The `api` function: hands each request to one ASGI application, which is built on the first."""

from functools import lru_cache

from starlette.requests import Request
from starlette.types import ASGIApp

from push.bootstrap import container
from push.entrypoints.api.app import build


async def api(_: Request) -> ASGIApp:
    """The framework awaits whatever ASGI callable it is given, with the request's own scope."""
    return _application()


@lru_cache(maxsize=1)
def _application() -> ASGIApp:
    ports = container()
    return build(ports, ports.settings)

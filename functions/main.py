"""The deployed functions. Each is one entry point of `push/`; Google calls them by name."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from push.entrypoints import deliver as deliver_entrypoint
from push.entrypoints import send as send_entrypoint
from push.entrypoints import sweep as sweep_entrypoint
from push.entrypoints.api import function as api_entrypoint


@functions_framework.aio.http
async def api(request: Request) -> ASGIApp:
    """HALO's API, public."""
    return await api_entrypoint.api(request)


@functions_framework.aio.http
async def send(request: Request) -> Response:
    """At a run's time: freeze its plan. Private."""
    return await send_entrypoint.send(request)


@functions_framework.aio.http
async def deliver(request: Request) -> Response:
    """One shard: send and record. Private."""
    return await deliver_entrypoint.deliver(request)


@functions_framework.aio.http
async def sweep(request: Request) -> Response:
    """Each minute: whatever is due and not moving. Private."""
    return await sweep_entrypoint.sweep(request)

"""The deployed functions. Each is one entry point of `push/`; Google calls them by name."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from push.entrypoints import deliver as deliver_entrypoint
from push.entrypoints import send as send_entrypoint
from push.entrypoints import sweep as sweep_entrypoint
from push.entrypoints import work as work_entrypoint
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


@functions_framework.aio.http
async def work(request: Request) -> Response:
    """A background job: as many steps as one call has time for. Private."""
    return await work_entrypoint.work(request)

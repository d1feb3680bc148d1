"""The deployed functions. Google calls them by name; each is one entry point of `push/`.

An instance serves one function, so it loads that one alone: at once where FUNCTION_TARGET names it, as Google's
platform does, or else with its first request.
"""

import importlib
import os
from collections.abc import Awaitable, Callable
from typing import Any

import functions_framework.aio
from starlette.requests import Request

_ENTRY_POINTS = {
    "api": "push.entrypoints.api.function",
    "send": "push.entrypoints.send",
    "deliver": "push.entrypoints.deliver",
    "sweep": "push.entrypoints.sweep",
    "work": "push.entrypoints.work",
    "ingest": "push.entrypoints.ingest.function",
}


def _entry_point(name: str) -> Callable[[Request], Awaitable[Any]]:
    entry_point: Callable[[Request], Awaitable[Any]] = getattr(importlib.import_module(_ENTRY_POINTS[name]), name)
    return entry_point


@functions_framework.aio.http
async def api(request: Request) -> Any:
    """HALO's API, public."""
    return await _entry_point("api")(request)


@functions_framework.aio.http
async def send(request: Request) -> Any:
    """At a run's time: freeze its plan. Private."""
    return await _entry_point("send")(request)


@functions_framework.aio.http
async def deliver(request: Request) -> Any:
    """One shard: send and record. Private."""
    return await _entry_point("deliver")(request)


@functions_framework.aio.http
async def sweep(request: Request) -> Any:
    """Each minute: whatever is due and not moving. Private."""
    return await _entry_point("sweep")(request)


@functions_framework.aio.http
async def work(request: Request) -> Any:
    """Background jobs, a bounded piece at a time. Private."""
    return await _entry_point("work")(request)


@functions_framework.aio.http
async def ingest(request: Request) -> Any:
    """Whatever people write in the Firebase console. Private."""
    return await _entry_point("ingest")(request)


if os.environ.get("FUNCTION_TARGET") in _ENTRY_POINTS:
    _entry_point(os.environ["FUNCTION_TARGET"])

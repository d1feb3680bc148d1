"""The least that a function on this framework can do: FastAPI answers a POST with a constant."""

from typing import Any

import functions_framework.aio
from fastapi import FastAPI
from starlette.requests import Request

_APP = FastAPI(openapi_url=None)


@_APP.post("/api/push/schedule/activity")
async def answer() -> dict[str, bool]:
    return {"ok": True}


@_APP.get("/api/health")
async def health() -> dict[str, bool]:
    return {"ok": True}


@functions_framework.aio.http  # type: ignore[untyped-decorator]  # it says nothing of its types
async def empty(_: Request) -> Any:
    return _APP

"""The application inside Google's functions framework, which routes before it and answers for what escapes it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from functions_framework.aio import create_asgi_app

from fakes.world import World, assert_problem
from push.domain.errors import PushError

SOURCE = """
import functions_framework.aio
from fakes.world import World

world = World()

@functions_framework.aio.http
async def api(request):
    if request.headers.get("x-break"):
        world.ports.apps.broken = RuntimeError("broken")
    return world.api
"""


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., httpx.Response]:
    source = tmp_path_factory.mktemp("function") / "function_source.py"
    Path(source).write_text(SOURCE)
    framework = create_asgi_app(target="api", source=str(source), signature_type="http")
    token = World().token()

    def send(method: str, path: str, **request: Any) -> httpx.Response:
        async def play() -> httpx.Response:
            transport = httpx.ASGITransport(framework)
            async with httpx.AsyncClient(transport=transport, base_url="http://halo") as client:
                headers = {"Authorization": f"Bearer {token}"} | request.pop("headers", {})
                return await client.request(method, path, headers=headers, **request)

        return asyncio.run(play())

    return send


@pytest.mark.parametrize(
    "path", ["/api/push/schedule", "http://halo//push//schedule/", "http://halo//api/push/schedule?_user"]
)
def test_a_function_sees_the_whole_path_and_the_body(call: Callable[..., httpx.Response], path: str) -> None:
    made = call("POST", path, json={"appId": 2, "name": "n"})
    assert made.status_code == 201, made.text
    read = call("GET", f"/push/schedule/{made.json()['id']}")
    assert (read.status_code, read.json()["name"]) == (200, "n")


def test_its_router_leaves_nothing_behind_that_ours_could_mistake(call: Callable[..., httpx.Response]) -> None:
    assert_problem(call("GET", "/"), 404)
    assert_problem(call("PATCH", "/api/push/schedule"), 405)
    assert call("HEAD", "/health").status_code == 200
    assert call("GET", "/api/docs").status_code == 200


def test_a_crash_is_answered_once_by_us_and_never_by_the_framework(call: Callable[..., httpx.Response]) -> None:
    answer = call("POST", "/api/push/schedule", json={"appId": 2, "name": "n"}, headers={"x-break": "1"})
    assert assert_problem(answer, 500)["code"] == PushError.code
    assert "x-google-status" not in answer.headers

"""What send, deliver and sweep do with what they are given, before any use case runs. Strangers: see tests/e2e."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from push import bootstrap
from push.bootstrap import Container
from push.domain.errors import Malformed, PushError
from push.entrypoints.api import function as api_function
from push.entrypoints.private import read_task, serve
from push.usecases.tasks import Task


def request(body: bytes = b"{}", method: str = "POST", **headers: str) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "headers": raw, "query_string": b""}, receive)


def task(body: Any) -> Task:
    return asyncio.run(read_task(request(body if isinstance(body, bytes) else json.dumps(body).encode())))


def test_a_task_names_a_run_and_perhaps_a_shard() -> None:
    assert task({"v": 1, "id": "run", "epoch": 2}) == Task(v=1, id="run", epoch=2)
    assert (task({"v": 1, "id": "run/3-0", "epoch": 2}).run, task({"v": 1, "id": "run/3-0", "epoch": 2}).shard) == (
        "run",
        "3-0",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff", b"[]", b"null", {"v": 1, "id": "x"}, {"v": "1", "id": "x", "epoch": 1},
        {"v": 1, "id": 5, "epoch": 1}, {"v": 1, "id": "x", "epoch": 1.5}, b" " * 5_000,
    ],
)  # fmt: skip
def test_what_is_no_task_is_malformed(body: Any) -> None:
    with pytest.raises(Malformed):
        task(body)


def test_a_task_of_a_newer_release_fails_so_that_it_is_asked_again() -> None:
    with pytest.raises(PushError) as refused:
        task({"v": 2, "id": "x", "epoch": 1})
    assert refused.value.status == 500


@pytest.fixture
def unconfigured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("GOOGLE_CLOUD_PROJECT", "TOKEN_KEYS", "KEY_PEPPER"):
        monkeypatch.delenv(name, raising=False)
    bootstrap.container.cache_clear()
    yield
    bootstrap.container.cache_clear()


@pytest.mark.usefixtures("unconfigured")
def test_a_deployment_that_is_not_configured_says_which_variables_are_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def work(_: Request, __: Container) -> Response:
        raise AssertionError("must not be called")

    answer = asyncio.run(serve(request(authorization="Bearer x"), work))
    assert answer.status_code == 500
    logged = json.loads(capsys.readouterr().err)
    # What the runbook of failing functions has people look for, whichever function it is.
    assert (logged["message"], logged["severity"]) == ("misconfigured", "CRITICAL")
    assert "KEY_PEPPER" in logged["error"]
    assert "GOOGLE_CLOUD_PROJECT" in logged["error"]


@pytest.mark.usefixtures("unconfigured")
def test_an_api_that_is_not_configured_tells_its_callers_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    answer: Any = asyncio.run(api_function.api(request(method="GET")))
    body = json.loads(answer.body)
    assert answer.status_code == 500
    assert body["error"]["type"] == "HaloError"
    assert "KEY_PEPPER" not in str(body)
    logged = json.loads(capsys.readouterr().err)
    assert (logged["message"], logged["severity"]) == ("misconfigured", "CRITICAL")
    assert "KEY_PEPPER" in logged["error"]


def test_without_a_token_nothing_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "GOOGLE_CLOUD_PROJECT": "p", "TASKS_LOCATION": "l", "TOKEN_KEYS": "{}", "KEY_PEPPER": "x" * 16,
        "INVOKER": "i@example.com", "OIDC_AUDIENCE": "a",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    bootstrap.container.cache_clear()

    async def work(_: Request, __: Container) -> Response:
        raise AssertionError("must not be called")

    given: list[dict[str, Any]] = [
        {},
        {"authorization": ""},
        {"authorization": "Basic eA=="},
        {"authorization": "Bearer "},
    ]
    for headers in given:
        answer = asyncio.run(serve(request(**headers), work))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert asyncio.run(serve(request(method="GET"), work)).status_code == 405
    bootstrap.container.cache_clear()


@pytest.mark.usefixtures("unconfigured")
def test_what_is_logged_of_a_call_belongs_to_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    async def work(_: Request, __: Container) -> Response:
        raise AssertionError("must not be called")

    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    given = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "x-cloud-trace-context": f"{trace}/1;o=1"}
    for name, value in given.items():
        said: dict[str, Any] = {name: value}
        asyncio.run(serve(request(method="GET", **said), work))
        line = json.loads(capsys.readouterr().err)
        assert (line["message"], line["logging.googleapis.com/trace"][-32:]) == ("request-failed", trace)
        assert line["logging.googleapis.com/trace_sampled"] is True

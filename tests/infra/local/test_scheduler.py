"""The clock, with a transport that stands for the function."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from joserfc import jwt

from infra.local.identity import Identity, load_or_create
from infra.local.scheduler import Job, run

JOB = Job("sweep", "http://127.0.0.1:8080/sweep", 0.05, "https://sweep", "scheduler@halo-local.iam.gserviceaccount.com")


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return load_or_create(tmp_path_factory.mktemp("identity") / "key.json")


class Function(httpx.AsyncBaseTransport):
    """Answers what `answers` holds, one each call. The call after the last one ends the test: by then the last answer
    has been dealt with, however slow the machine."""

    def __init__(self, *answers: int | Exception, takes: float = 0.0) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.times: list[float] = []
        self.running = 0
        self.finished = asyncio.Event()
        self._takes = takes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert self.running == 0, "two calls at once"
        if not self.answers:
            self.finished.set()
            await asyncio.Event().wait()
        self.running += 1
        self.requests.append(request)
        self.times.append(time.monotonic())
        await asyncio.sleep(self._takes)
        self.running -= 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)


def play(function: Function, identity: Identity) -> None:
    """Run the clock until it asks for more than the function has answers."""

    async def playing() -> None:
        async with httpx.AsyncClient(transport=function) as http:
            clock = asyncio.create_task(run(JOB, identity, http))
            await function.finished.wait()
            clock.cancel()

    asyncio.run(playing())


def test_a_call_looks_like_cloud_schedulers(identity: Identity) -> None:
    function, start = Function(200), time.monotonic()
    play(function, identity)
    (request,) = function.requests
    assert function.times[0] - start >= JOB.every
    assert (request.method, str(request.url), request.content) == ("POST", JOB.url, b"")
    assert request.headers["user-agent"] == "Google-Cloud-Scheduler"
    assert request.headers["x-cloudscheduler"] == "true"
    assert request.headers["x-cloudscheduler-jobname"] == "sweep"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", request.headers["x-cloudscheduler-scheduletime"])
    claims = jwt.decode(request.headers["authorization"].removeprefix("Bearer "), identity.key).claims
    assert (claims["aud"], claims["email"]) == (JOB.audience, JOB.email)


def test_ticks_during_a_call_are_skipped_not_made_up_for(identity: Identity) -> None:
    function, start = Function(*[200] * 8, takes=JOB.every * 2.5), time.monotonic()
    play(function, identity)
    # Two ticks pass while each call is under way; the third is the next one's.
    assert all(at - start >= JOB.every * (1 + 3 * number) for number, at in enumerate(function.times))


def test_what_goes_wrong_is_logged_and_the_next_call_is_made(
    identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    play(Function(500, httpx.ConnectError("refused"), 200), identity)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["severity"], line["job"], line["error"]) for line in lines] == [
        ("ERROR", "sweep", "HTTP 500"),
        ("ERROR", "sweep", "ConnectError"),
    ]


def test_a_signal_ends_it_at_once_though_a_call_is_under_way(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/sweep"
        arguments = ["--url", url, "--every", "0.01", "--audience", "a", "--email", "e@x"]
        command = [sys.executable, "-m", "infra.local.scheduler", *arguments, "--identity", str(tmp_path / "key.json")]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        with silent.accept()[0]:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, b"")

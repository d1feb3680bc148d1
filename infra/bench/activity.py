"""How many reports of activity a second one process of `api` takes, stored in Google's emulator on the same machine.

Distinct devices, form bodies as Android's. Every answer must be 200, and the tally what was sent. Beside it an empty
FastAPI function on the same framework, for what the machine could do at all.
"""

import asyncio
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import httpx
import psutil

from infra.bench.load import Answered, form_post, send_all
from infra.local import ports
from infra.local.demo.integration import Integration
from infra.local.parts import Part, Probe
from infra.local.process import Process
from infra.local.supervisor import Stack
from infra.local.trouble import Broke
from push.bootstrap import Container
from push.domain.device import Device
from push.domain.ids import new_id
from push.settings import Settings

PATH = "/api/push/schedule/activity"
CONNECTIONS = (64, 500)
_ACTIONS = ("receipt", "open")


class Measured(NamedTuple):
    """`cpu_ms` is what the function's process used for a request."""

    name: str
    connections: int
    answered: Answered
    cpu_ms: float


async def measure(stack: Stack, directory: Path, events: int) -> list[Measured]:
    """`events` reports for each number of connections. Raises Broke where an answer or a count is not as it should."""
    ours = await _ours(stack, events)
    with _empty(stack, directory) as (port, pid):
        requests = [form_post(ports.HOST, PATH, "none", b"device=a")] * events
        empty = [
            await _timed("empty FastAPI function", pid, port, requests, connections) for connections in CONNECTIONS
        ]
    return ours + empty


async def _ours(stack: Stack, events: int) -> list[Measured]:
    store = Container(Settings.from_environment(stack.env))
    app = stack.app
    try:
        async with Integration(stack.api, app, stack.admin) as server:
            await server.log_in()
            schedule = str((await server.post({"appId": app.app_id, "name": "Bench", "draft": True}))["id"])
            token = server.app_token
        aliases = [f"bench-{schedule}-{number}" for number in range(events)]
        devices = [
            Device(id=new_id(), app=app.app_id, alias=alias, created_at=0, updated_at=0, seen_at=0) for alias in aliases
        ]
        for start in range(0, events, 5_000):
            await store.devices.put_many(app.app_id, devices[start : start + 5_000])
        port = httpx.URL(stack.api).port or 80
        pid = stack.part_pids("api")[-1]
        measured = []
        for connections, action in zip(CONNECTIONS, _ACTIONS, strict=True):
            bodies = (
                urlencode({"device": alias, "schedule": schedule, "action": action, "platform": "android"}).encode()
                for alias in aliases
            )
            requests = [form_post(ports.HOST, PATH, token, body) for body in bodies]
            measured.append(await _timed("push/schedule/activity", pid, port, requests, connections))
        tally = await store.activity.tally(schedule)
    finally:
        await store.close()
    if tally is None or (tally.receipt, tally.open) != (events, events):
        raise Broke(f"{events} devices reported twice each, but {tally} was counted.")
    return measured


async def _timed(name: str, pid: int, port: int, requests: list[bytes], connections: int) -> Measured:
    process = psutil.Process(pid)
    before = sum(process.cpu_times()[:2])
    answered = await send_all(ports.HOST, port, requests, connections)
    if answered.statuses.keys() != {200}:
        raise Broke(f"{name} was answered with {dict(answered.statuses)}.")
    used = sum(process.cpu_times()[:2]) - before
    return Measured(name, connections, answered, 1_000 * used / len(requests))


@contextmanager
def _empty(stack: Stack, directory: Path) -> Iterator[tuple[int, int]]:
    """Its port and the process that answers there, run as the stack runs functions."""
    port = ports.free().api
    part = _part(stack, port, directory)
    process = Process(part.command, part.environment, part.directory, directory / "empty.log")
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://{ports.HOST}:{port}/api/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise Broke(f"The empty function did not start: see {directory / 'empty.log'}.")
        yield port, psutil.Process(process.pid).children(recursive=True)[-1].pid
    finally:
        process.kill()


def _part(stack: Stack, port: int, directory: Path) -> Part:
    command = [
        sys.executable, "-m", "functions_framework", "--target", "empty", "--source", "main.py",
        "--signature-type", "http", "--host", ports.HOST, "--port", str(port),
    ]  # fmt: skip
    environment = stack.env | {"XDG_RUNTIME_DIR": str(directory)}
    where = Path(__file__).with_name("empty")
    return Part("empty", command, environment, "", 2, Probe(""), directory=where)


def run(stack: Stack, directory: Path, events: int) -> list[Measured]:
    return asyncio.run(measure(stack, directory, events))

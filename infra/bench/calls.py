"""A function under many callers at once, and beside it an empty one: what the framework could answer at all."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from infra.bench.ground import Ground
from infra.bench.load import json_post, send_all
from infra.bench.measurement import Row
from infra.bench.server import cpu_s, running, worker_of
from infra.local import ports
from infra.local.demo.integration import Integration
from infra.local.parts import Part, Probe
from infra.local.trouble import Broke

EMPTY = "empty FastAPI function"
COLUMNS = {
    "what": "what",
    "connections": "connections",
    "per_s": "a second",
    "p50_ms": "median ms",
    "p99_ms": "99 % ms",
    "cpu_ms": "CPU ms each",
}


async def timed(what: str, process: psutil.Process, port: int, requests: Sequence[bytes], connections: int) -> Row:
    """Raises Broke where anything but success is answered."""
    before = cpu_s(process)
    answered = await send_all(ports.HOST, port, requests, connections)
    if not answered.statuses.keys() <= {200, 201}:
        raise Broke(f"{what} was answered with {dict(answered.statuses)}.")
    return {
        "what": what,
        "connections": connections,
        "per_s": round(answered.a_second),
        "p50_ms": round(answered.quantile_ms(0.5), 1),
        "p99_ms": round(answered.quantile_ms(0.99), 1),
        "cpu_ms": round(1_000 * (cpu_s(process) - before) / len(requests), 2),
    }


def api(ground: Ground) -> tuple[int, psutil.Process]:
    """The port of the stack's own `api`, and the process that serves there."""
    return httpx.URL(ground.stack.api).port or 80, psutil.Process(ground.stack.part_pids("api")[-1])


def on_empty(ground: Ground, count: int, connections: Sequence[int]) -> list[Row]:
    """As many posts of a small JSON object."""
    requests = [json_post(ports.HOST, "/api/push/schedule/activity", "none", {"device": "a"})] * count
    ground.say(f"an empty function, {count:,} posts")
    with _empty(ground) as (port, process):
        return [asyncio.run(timed(EMPTY, process, port, requests, at_once)) for at_once in connections]


def integration(ground: Ground) -> Integration:
    return Integration(ground.stack.api, ground.stack.app, ground.stack.admin)


@contextmanager
def _empty(ground: Ground) -> Iterator[tuple[int, psutil.Process]]:
    """Its port and the process that answers there, run as the stack runs functions."""
    directory = ground.directory / "empty"
    directory.mkdir(parents=True, exist_ok=True)
    port = ports.free().api
    command = [
        sys.executable, "-m", "functions_framework", "--target", "empty", "--source", "main.py",
        "--signature-type", "http", "--host", ports.HOST, "--port", str(port),
    ]  # fmt: skip
    environment = ground.stack.env | {"XDG_RUNTIME_DIR": str(directory)}
    url = f"http://{ports.HOST}:{port}/"
    where = Path(__file__).with_name("empty")
    part = Part("empty", command, environment, url, 2, Probe(f"{url}api/health"), directory=where)
    with running(part, directory / "empty.log") as process:
        yield port, worker_of(process.pid)

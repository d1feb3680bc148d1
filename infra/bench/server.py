"""One of our functions in a process of its own: run as the stack runs it, called as Cloud Tasks calls it, watched."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

from infra.local import identity, parts, ports
from infra.local.environment import AUDIENCE, invoker
from infra.local.parts import Part
from infra.local.process import Process
from infra.local.supervisor import Stack
from infra.local.trouble import Broke

MIB = 1024 * 1024
_START_S = 60.0
_CALL_S = 900.0
_ATTEMPTS = 5


class Server(NamedTuple):
    """`worker` is the process that serves."""

    url: str
    worker: psutil.Process
    token: str

    def cpu_s(self) -> float:
        """CPU-seconds that it has used, of user and system."""
        return cpu_s(self.worker)

    def peak_mib(self) -> float:
        """The most memory that it ever held."""
        return peak_rss(self.worker.pid) / MIB

    async def call_all(self, documents: Sequence[str], at_once: int) -> float:
        """Seconds until every task is done, each asked for again like a queue does. Raises Broke where one never is."""
        slots = asyncio.Semaphore(at_once)
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(trust_env=False, timeout=_CALL_S, headers=headers) as http:

            async def one(document: str) -> None:
                async with slots:
                    for _ in range(_ATTEMPTS):
                        answer = await http.post(self.url, json={"v": 1, "id": document, "epoch": 1})
                        if answer.status_code == 200:
                            return
                        await asyncio.sleep(1)
                raise Broke(f"A task was answered {answer.status_code}: {answer.text[:300]}")

            began = time.perf_counter()
            await asyncio.gather(*(one(document) for document in documents))
            return time.perf_counter() - began


@contextmanager
def served(name: str, stack: Stack, directory: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    """The function `name`, with these settings instead of the stack's."""
    part = function(name, stack, directory, settings)
    with running(part, directory / f"{name}.log") as process:
        signer = identity.load_or_create(stack.plan.state / "identity.json")
        token = signer.id_token(AUDIENCE, invoker(stack.project), time.time())
        yield Server(part.where, worker_of(process.pid), token)


def function(name: str, stack: Stack, directory: Path, settings: Mapping[str, str]) -> Part:
    """As the stack runs it, on a port of its own."""
    directory.mkdir(parents=True, exist_ok=True)
    environment = stack.env | {"XDG_RUNTIME_DIR": str(directory), **settings}
    return parts.function(name, ports.free().deliver, environment)


@contextmanager
def running(part: Part, log: Path, every_s: float = 0.05) -> Iterator[Process]:
    """The part, from when it answers until the block ends."""
    process = Process(part.command, part.environment, part.directory, log)
    try:
        wait(part.probe.url if part.probe else part.where, process, log, every_s)
        yield process
    finally:
        process.kill()


def wait(url: str, process: Process, log: Path, every_s: float) -> None:
    """Until somebody answers there. Raises Broke with the end of the log."""
    deadline = time.monotonic() + _START_S
    with httpx.Client(trust_env=False, timeout=5) as http:
        while process.alive and time.monotonic() < deadline:
            try:
                http.get(url)
            except httpx.HTTPError:
                time.sleep(every_s)
            else:
                return
    raise Broke(f"Nothing answers at {url}:\n{log.read_text(errors='replace')[-2_000:]}")


def worker_of(pid: int) -> psutil.Process:
    """Of a function's processes the one that serves: gunicorn's worker."""
    return psutil.Process(pid).children(recursive=True)[-1]


def cpu_s(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def peak_rss(pid: int) -> int:
    """Bytes: the kernel's own high-water mark, where it keeps one."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return int(psutil.Process(pid).memory_info().rss)
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024

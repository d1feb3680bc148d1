"""The emulator as a process: killed, restarted, stopped."""

import asyncio
import signal
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from google.api_core.exceptions import AlreadyExists

from infra.local.identity import Identity

if TYPE_CHECKING:
    from infra.local.tasks.conftest import Sink, Stack

pytestmark = pytest.mark.anyio


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Process:
    def __init__(self, state: Path, identity: Path) -> None:
        self.port, self.control = free_port(), free_port()
        self._arguments = ["--port", str(self.port), "--control-port", str(self.control)]
        self._arguments += ["--state", str(state), "--identity", str(identity)]

    async def start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "infra.local.tasks", *self._arguments, stderr=asyncio.subprocess.PIPE
        )
        async with httpx.AsyncClient(trust_env=False) as http:
            while process.returncode is None:
                try:
                    await http.get(f"http://127.0.0.1:{self.control}/health")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
        return process


async def test_a_kill_loses_no_task_and_no_tombstone(
    tmp_path: Path, identity_file: Path, identity: Identity, worker: "Sink", make_stack: "type[Stack]"
) -> None:
    emulator = Process(tmp_path / "tasks.sqlite", identity_file)
    first = await emulator.start()
    async with make_stack.around(emulator.port, emulator.control, worker, identity) as stack:
        await stack.create("done")
        await worker.received(1)
        while (await stack.control.get("/")).json()["queues"][0]["done"] == 0:
            pass
        worker.open.clear()
        # Nothing else begins while that one waits for its answer, even if it is due before the kill.
        await stack.configure(rate_limits={"max_concurrent_dispatches": 1})
        await stack.create("in-flight")
        await worker.received(2)
        await stack.create("scheduled", schedule_time=datetime.now(UTC) + timedelta(seconds=0.5))
        first.kill()
        await first.wait()
    worker.open.set()

    second = await emulator.start()
    async with make_stack.around(emulator.port, emulator.control, worker, identity) as stack:
        with pytest.raises(AlreadyExists):
            await stack.create("done")
        arrivals = await worker.received(4)
        assert [one.task for one in arrivals[:2]] == ["done", "in-flight"]
        # In whichever order: what was scheduled may be due by the time that the emulator is up again.
        again = {one.task: one.headers["x-cloudtasks-taskretrycount"] for one in arrivals[2:]}
        assert again == {"in-flight": "1", "scheduled": "0"}
    second.send_signal(signal.SIGTERM)
    assert await second.wait() == 0


async def test_a_stop_does_not_wait_for_a_slow_worker(
    tmp_path: Path, identity_file: Path, identity: Identity, worker: "Sink", make_stack: "type[Stack]"
) -> None:
    emulator = Process(tmp_path / "tasks.sqlite", identity_file)
    first = await emulator.start()
    worker.open.clear()
    async with make_stack.around(emulator.port, emulator.control, worker, identity) as stack:
        await stack.create("slow")
        await worker.received(1)
    first.send_signal(signal.SIGTERM)
    _, errors = await first.communicate()
    assert (first.returncode, errors) == (0, b"")

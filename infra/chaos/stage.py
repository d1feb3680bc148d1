"""The stack, set up to be broken: two processes deliver, behind a wire, and Firestore is behind another one."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import grpc.aio
import httpx
import psutil
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

from infra.chaos.wire import Wire
from infra.local import parts, ports
from infra.local.firestore import Emulator, External
from infra.local.keeper import Keeper
from infra.local.parts import Part
from infra.local.plan import found
from infra.local.queues import make_queues
from infra.local.status import Quiet
from infra.local.supervisor import Stack, running_stack
from push.settings import Settings

LEASE_S = 3
# FCM asks for at least 10; what it delays for 11 is given up.
SETTINGS = {"LEASE_S": str(LEASE_S), "FCM_TIMEOUT_S": "10"}
SWEEP_EVERY_S = 2.0


@dataclass(frozen=True)
class Stage:
    """`firestore` is the emulator's own host:port, past the wire. `keepers` has the parts that are not the stack's."""

    stack: Stack
    firestore: str
    to_firestore: Wire
    to_deliver: Wire
    deliver_ports: dict[str, int]
    keepers: dict[str, Keeper]

    def pids(self, name: str) -> list[int]:
        """The part's processes, its first one first: of a function gunicorn's master, then its worker."""
        if name not in self.keepers:
            return self.stack.part_pids(name)
        process = self.keepers[name].process
        if process is None or not psutil.pid_exists(process.pid):
            return []
        first = psutil.Process(process.pid)
        return [first.pid, *(child.pid for child in first.children(recursive=True))]

    def talks_to_fcm(self, name: str) -> bool:
        port = int(self.stack.fcm.rpartition(":")[2])
        for pid in self.pids(name)[1:]:
            with suppress(psutil.Error):
                if any(each.raddr and each.raddr.port == port for each in psutil.Process(pid).net_connections("tcp")):
                    return True
        return False

    def logs(self) -> list[Path]:
        return sorted(self.stack.plan.state.glob("logs/*.log*"))


@asynccontextmanager
async def staged(state: Path) -> AsyncIterator[Stage]:
    """Everything, on free ports, until the block ends. Raises CannotStart or Broke."""
    (state / "logs").mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as on, httpx.AsyncClient(trust_env=False, timeout=2.0) as http:
        keepers: dict[str, Keeper] = {}
        emulator = found()
        firestore = emulator.host if isinstance(emulator, External) else f"127.0.0.1:{ports.free().firestore}"
        if isinstance(emulator, Emulator):
            part = parts.firestore(emulator, _port(firestore), None, dict(os.environ))
            keepers["firestore"] = await on.enter_async_context(_kept(part, state, http))
        to_firestore = await on.enter_async_context(_opened(Wire(_port(firestore))))
        running = running_stack(
            state, settings=SETTINGS, sweep_every=SWEEP_EVERY_S, emulator=External(f"127.0.0.1:{to_firestore.port}")
        )
        stack = await asyncio.to_thread(running.__enter__)
        on.push_async_callback(asyncio.to_thread, running.__exit__, None, None, None)
        deliver_ports = {"deliver": _port_of(stack, "deliver"), "deliver-2": ports.free().deliver}
        keepers["deliver-2"] = await on.enter_async_context(
            _kept(_second(stack, state, deliver_ports["deliver-2"]), state, http)
        )
        to_deliver = await on.enter_async_context(_opened(Wire(*deliver_ports.values())))
        await _send_tasks_to(stack, to_deliver.port)
        yield Stage(stack, firestore, to_firestore, to_deliver, deliver_ports, keepers)


def _second(stack: Stack, state: Path, port: int) -> Part:
    directory = state / "run" / "deliver-2"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return replace(
        parts.function("deliver", port, stack.env | {"XDG_RUNTIME_DIR": str(directory)}), name="deliver-2"
    )  # fmt: skip


async def _send_tasks_to(stack: Stack, port: int) -> None:
    settings = Settings.from_environment(stack.env)
    async with grpc.aio.insecure_channel(stack.tasks) as channel:
        client = tasks_v2.CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=channel))
        await make_queues(client, settings, {settings.deliver_queue: port})


@asynccontextmanager
async def _kept(part: Part, state: Path, http: httpx.AsyncClient) -> AsyncIterator[Keeper]:
    keeper = Keeper(part, state / "logs" / f"{part.name}.log", http, Quiet())
    keeping = asyncio.create_task(keeper.keep({}))
    try:
        ready = asyncio.create_task(keeper.ready.wait())
        await asyncio.wait([keeping, ready], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if keeping.done():
            keeping.result()
        yield keeper
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await keeper.stop()


@asynccontextmanager
async def _opened(wire: Wire) -> AsyncIterator[Wire]:
    await wire.open()
    try:
        yield wire
    finally:
        await wire.close()


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


def _port_of(stack: Stack, name: str) -> int:
    part = next(part for part in stack.plan.parts if part.name == name)
    return _port(part.where.rstrip("/"))

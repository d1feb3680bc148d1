"""The composition root: one process, one event loop, a gRPC port and a control port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import uvicorn
from starlette.applications import Starlette

from infra.local.identity import load_or_create
from infra.local.tasks import control, sender, service
from infra.local.tasks.behaviour import Behaviour
from infra.local.tasks.clock import SECOND_US, now_us
from infra.local.tasks.depth_calls import DepthCalls
from infra.local.tasks.dispatcher import Dispatcher
from infra.local.tasks.queue_calls import QueueCalls
from infra.local.tasks.store import Store
from infra.local.tasks.task_calls import TaskCalls

GRACE = 1.0  # seconds for what is in flight when the emulator stops


@dataclass(frozen=True)
class Settings:
    """Where the emulator listens and what it keeps. Port 0 takes a free one."""

    port: int
    control_port: int
    state: Path
    identity: Path
    host: str = "127.0.0.1"
    behaviour: Behaviour = field(default_factory=Behaviour)


@dataclass(frozen=True)
class Ports:
    """The ports that were taken."""

    grpc: int
    control: int


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Ports]:
    """Serve while the context is open. Leaving it takes at most `GRACE` and what cancelling needs."""
    identity = load_or_create(settings.identity)
    store = Store(settings.state)
    store.forget_tombstones(now_us() - int(settings.behaviour.tombstone_seconds * SECOND_US))
    async with sender.client() as http:
        sends = sender.Sender(http, identity, settings.behaviour)
        dispatcher = Dispatcher(store, sends)
        calls = service.handler(QueueCalls(store, dispatcher), TaskCalls(store, dispatcher, sends))
        # Without reuse a second emulator on the same port fails instead of sharing the calls.
        server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        server.add_generic_rpc_handlers((calls, service.depths(DepthCalls(store, dispatcher))))
        port = server.add_insecure_port(f"{settings.host}:{settings.port}")
        await server.start()
        try:
            async with _serving(control.app(store, dispatcher, sends, identity), settings) as control_port:
                dispatcher.start()
                yield Ports(port, control_port)
        finally:
            await asyncio.gather(server.stop(GRACE), dispatcher.stop(GRACE))
            store.close()


class _Server(uvicorn.Server):
    """Uvicorn as a part of a program: signals are the program's business, and it ends when told, not at a tick."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told_to_end = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.told_to_end.wait()


@asynccontextmanager
async def _serving(app: Starlette, settings: Settings) -> AsyncIterator[int]:
    # Listening before the server runs: whoever knows the port can already connect.
    listener = socket.create_server((settings.host, settings.control_port))
    config = uvicorn.Config(
        app, lifespan="off", ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.told_to_end.set()
        await serving

"""A worker for the emulator's tasks, and its clients, all on loopback."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import httpx
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

from infra.local.identity import Identity, load_or_create
from infra.local.tasks.emulator import Ports, Settings, running

LOCATION = "projects/halo-local/locations/europe-west1"
QUEUE = f"{LOCATION}/queues/send"


@dataclass
class Arrival:
    at: float  # seconds since 1970
    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def task(self) -> str:
        return self.headers["x-cloudtasks-taskname"]


@dataclass
class Sink:
    """Answers 200, or what `script` holds for the next requests, and keeps what came."""

    url: str = ""
    arrivals: list[Arrival] = field(default_factory=list)
    script: list[int] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)  # answers wait for it
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Just enough HTTP/1.1 for one connection: a server framework takes longer to stop than a test to run."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the client has gone
            while True:
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
                method, target, _ = first.split(" ")
                headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                async with self.news:
                    self.arrivals.append(Arrival(time.time(), method, self.url + target, headers, body))
                    self.news.notify_all()
                status = self.script.pop(0) if self.script else 200
                await self.open.wait()
                writer.write(b"HTTP/1.1 %d x\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n" % status)
                await writer.drain()
        writer.close()

    async def received(self, count: int) -> list[Arrival]:
        """Waits until `count` requests have come; the test's own timeout is the limit."""
        async with self.news:
            await self.news.wait_for(lambda: len(self.arrivals) >= count)
        return self.arrivals


@asynccontextmanager
async def serving(sink: Sink) -> AsyncIterator[Sink]:
    sink.open.set()
    async with await asyncio.start_server(sink.serve, "127.0.0.1", 0) as server:
        sink.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield sink
        sink.open.set()


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[tasks_v2.CloudTasksAsyncClient]:
    """The real client, as the functions use it."""
    async with grpc.aio.insecure_channel(address) as channel:
        yield tasks_v2.CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=channel))


@dataclass(frozen=True)
class Stack:
    """An emulator with one queue, a worker, and a client of each kind."""

    client: tasks_v2.CloudTasksAsyncClient
    control: httpx.AsyncClient
    sink: Sink
    identity: Identity
    queue: str = QUEUE

    @classmethod
    @asynccontextmanager
    async def around(cls, port: int, control_port: int, sink: Sink, identity: Identity) -> AsyncIterator["Stack"]:
        """The stack of an emulator that runs already; its queue is made if it is not there."""
        control_url = f"http://127.0.0.1:{control_port}"
        async with (
            connected(f"127.0.0.1:{port}") as client,
            httpx.AsyncClient(base_url=control_url, trust_env=False, verify=False) as control,
        ):
            await client.update_queue(queue={"name": QUEUE, "retry_config": {"min_backoff": "0.02s"}})
            yield cls(client, control, sink, identity)

    async def create(self, task_id: str = "", **fields: object) -> tasks_v2.Task:
        request = tasks_v2.HttpRequest(url=f"{self.sink.url}/work", body=b"{}")
        name = f"{QUEUE}/tasks/{task_id}" if task_id else ""
        task = tasks_v2.Task(**{"name": name, "http_request": request, **fields})
        return await self.client.create_task(parent=QUEUE, task=task)

    async def configure(self, **settings: object) -> tasks_v2.Queue:
        queue = tasks_v2.Queue(name=QUEUE, **settings)
        return await self.client.update_queue(queue=queue, update_mask={"paths": list(settings)})

    async def misbehave(self, **faults: object) -> None:
        (await self.control.put("/behaviour", json=faults)).raise_for_status()


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def identity_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("identity") / "key.json"
    load_or_create(path)
    return path


@pytest.fixture(scope="session")
def identity(identity_file: Path) -> Identity:
    return load_or_create(identity_file)


@pytest.fixture
def make_stack() -> type[Stack]:
    return Stack


@pytest.fixture
async def worker() -> AsyncIterator[Sink]:
    async with serving(Sink()) as sink:
        yield sink


@pytest.fixture(scope="module")
async def emulator(tmp_path_factory: pytest.TempPathFactory, identity_file: Path) -> AsyncIterator[Ports]:
    """One for the tests of a file: starting and stopping it takes longer than most of them."""
    state = tmp_path_factory.mktemp("state") / "tasks.sqlite"
    async with running(Settings(0, 0, state, identity_file)) as ports:
        yield ports


@pytest.fixture
async def stack(emulator: Ports, identity: Identity, worker: Sink) -> AsyncIterator[Stack]:
    """A new queue in an emulator that behaves well. What a test leaves behind goes with its queues."""
    async with Stack.around(emulator.grpc, emulator.control, worker, identity) as stack:
        yield stack
        await stack.control.delete("/behaviour")
        async for queue in await stack.client.list_queues(parent=LOCATION):
            await stack.client.delete_queue(name=queue.name)

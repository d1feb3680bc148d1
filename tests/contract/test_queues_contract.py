"""How much waits in Cloud Tasks, asked of its emulator as of the service."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

from infra.local.tasks.emulator import Settings, running
from push.adapters.cloud_queues import CloudQueues
from push.adapters.cloud_tasks import CloudTasks
from push.domain.errors import Unavailable
from push.ports import Queue

LOCATION = "projects/p/locations/europe-west1"


def on_emulator(state: Path, play: Callable[[CloudQueues, CloudTasks], Awaitable[None]]) -> None:
    async def whole() -> None:
        settings = Settings(0, 0, state / "tasks.sqlite", state / "identity.json")
        async with running(settings) as ports:
            address = f"127.0.0.1:{ports.grpc}"
            channel = grpc.aio.insecure_channel(address)
            client = tasks_v2.CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=channel))
            for name in ("send", "deliver"):
                queue = {"name": f"{LOCATION}/queues/{name}"}
                await client.create_queue(parent=LOCATION, queue=queue, timeout=5)
            # What waits there stays.
            await client.pause_queue(name=f"{LOCATION}/queues/deliver", timeout=5)
            await client.transport.close()
            names = {queue: queue.value for queue in Queue}
            queues = CloudQueues("p", "europe-west1", names, address)
            tasks = CloudTasks("p", "europe-west1", "send", "deliver", "urgent", "work", address)
            try:
                await play(queues, tasks)
            finally:
                await queues.close()
                await tasks.close()

    asyncio.run(whole())


def test_a_queue_says_how_many_tasks_wait_and_when_the_first_is_due(tmp_path: Path) -> None:
    async def play(queues: CloudQueues, tasks: CloudTasks) -> None:
        now = int(time.time() * 1_000)
        assert await queues.depth(Queue.SEND) == (0, None)
        await tasks.send("r", 1, now + 90_000)
        await tasks.send("r", 2, now + 60_000)
        assert await queues.depth(Queue.SEND) == (2, now + 60_000)
        await tasks.deliver("r", "0", 1, now - 5_000)
        depth = await queues.depth(Queue.DELIVER)
        assert depth.tasks == 1
        assert depth.first_at is not None
        assert abs(depth.first_at - now) < 10_000

    on_emulator(tmp_path, play)


def test_a_queue_that_is_not_there_and_a_service_that_is_not_are_unavailable(tmp_path: Path) -> None:
    async def play(queues: CloudQueues, tasks: CloudTasks) -> None:
        with pytest.raises(Unavailable, match="NotFound"):
            await queues.depth(Queue.WORK)
        nowhere = CloudQueues("p", "europe-west1", {Queue.SEND: "send"}, "127.0.0.1:1")
        try:
            with pytest.raises(Unavailable):
                await nowhere.depth(Queue.SEND)
        finally:
            await nowhere.close()

    on_emulator(tmp_path, play)

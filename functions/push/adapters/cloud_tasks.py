"""Cloud Tasks: calls of our own functions, now or at a time.

URL and OIDC come from the queue (`http_target`), so that a task made by one release reaches the next one's function.
"""

import datetime
import hashlib
import json
from typing import Any

import grpc
from google.api_core import exceptions as google
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

from push.adapters.tries import Tries
from push.domain.errors import Unavailable

VERSION = 1
# The queue overrides it; the field is mandatory.
_URL = "https://queue.invalid/"
# create_task has no retry of its own in the client; with a name of ours it is safe to repeat.
_TRIES = Tries(4)
_CREATED_S = 10.0


class CloudTasks:
    """A task's name is a hash of its document and epoch, and of `again`, if it was put off: so the same one twice is
    one, and names are spread."""

    def __init__(
        self,
        project: str,
        location: str,
        send_queue: str,
        deliver_queue: str,
        urgent_queue: str,
        work_queue: str,
        emulator: str | None,
    ) -> None:
        queues = f"projects/{project}/locations/{location}/queues"
        self._send = f"{queues}/{send_queue}"
        self._deliver = f"{queues}/{deliver_queue}"
        self._urgent = f"{queues}/{urgent_queue}"
        self._work = f"{queues}/{work_queue}"
        self._emulator = emulator
        self._client: tasks_v2.CloudTasksAsyncClient | None = None

    async def send(self, run: str, epoch: int, at: int | None) -> None:
        await self._create(self._send, run, epoch, at)

    async def deliver(
        self, run: str, shard: str, epoch: int, at: int | None, urgent: bool = False, again: int = 0
    ) -> None:
        await self._create(self._urgent if urgent else self._deliver, f"{run}/{shard}", epoch, at, again)

    async def work(self, job: str, epoch: int, at: int | None) -> None:
        await self._create(self._work, job, epoch, at)

    async def sweep(self, minute: int, turn: int) -> None:
        await self._create(self._work, f"sweep/{minute}", turn, None)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.transport.close()
            self._client = None

    async def _create(self, queue: str, document: str, epoch: int, at: int | None, again: int = 0) -> None:
        said = f"{document}@{epoch}" + (f"#{again}" if again else "")
        name = hashlib.sha256(said.encode()).hexdigest()[:40]
        task: dict[str, Any] = {
            "name": f"{queue}/tasks/{name}",
            "http_request": {
                "url": _URL,
                "http_method": tasks_v2.HttpMethod.POST,
                "headers": {"Content-Type": "application/json"},
                "body": json.dumps({"v": VERSION, "id": document, "epoch": epoch}).encode(),
            },
        }
        if at is not None:
            task["schedule_time"] = datetime.datetime.fromtimestamp(at / 1000, datetime.UTC)
        try:
            await self._connected().create_task(parent=queue, task=task, retry=_TRIES, timeout=_CREATED_S)
        except google.AlreadyExists:
            return
        except google.GoogleAPICallError as error:
            raise Unavailable(f"Cloud Tasks does not take the task ({type(error).__name__})") from error

    def _connected(self) -> tasks_v2.CloudTasksAsyncClient:
        if self._client is None:
            if self._emulator:
                channel = grpc.aio.insecure_channel(self._emulator)
                transport = CloudTasksGrpcAsyncIOTransport(channel=channel)
                self._client = tasks_v2.CloudTasksAsyncClient(transport=transport)
            else:
                self._client = tasks_v2.CloudTasksAsyncClient()
        return self._client

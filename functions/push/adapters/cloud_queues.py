"""Cloud Tasks: how much waits in a queue. Only its v2beta3 tells, so a client of its own, made on first use."""

from collections.abc import Mapping
from typing import Any

import grpc
from google.api_core import exceptions as google

from push.adapters.tries import Tries
from push.domain.errors import Unavailable
from push.ports import Depth, Queue

_TRIES = Tries(2)
_READ_S = 4.0


class CloudQueues:
    """Needs `cloudtasks.queues.get`, as in the role Cloud Tasks Viewer."""

    def __init__(self, project: str, location: str, names: Mapping[Queue, str], emulator: str | None) -> None:
        self._paths = {
            queue: f"projects/{project}/locations/{location}/queues/{name}" for queue, name in names.items()
        }  # fmt: skip
        self._emulator = emulator
        self._client: Any = None

    async def depth(self, queue: Queue) -> Depth:
        asked = {"name": self._paths[queue], "read_mask": "stats"}
        try:
            found = await self._connected().get_queue(request=asked, retry=_TRIES, timeout=_READ_S)
        except google.GoogleAPICallError as error:
            raise Unavailable(f"Cloud Tasks does not tell of its queue ({type(error).__name__})") from error
        first = found.stats.oldest_estimated_arrival_time
        return Depth(found.stats.tasks_count, int(first.timestamp() * 1000) if first else None)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.transport.close()
            self._client = None

    def _connected(self) -> Any:
        if self._client is None:
            # Few processes are ever asked, and importing it takes a while.
            from google.cloud import tasks_v2beta3
            from google.cloud.tasks_v2beta3.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

            if self._emulator:
                channel = grpc.aio.insecure_channel(self._emulator)
                transport = CloudTasksGrpcAsyncIOTransport(channel=channel)
                self._client = tasks_v2beta3.CloudTasksAsyncClient(transport=transport)
            else:
                self._client = tasks_v2beta3.CloudTasksAsyncClient()
        return self._client

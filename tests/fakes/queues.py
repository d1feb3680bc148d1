"""How much waits in Cloud Tasks, as a test says."""

import asyncio

from push.domain.errors import Unavailable
from push.ports import Depth, Queue


class FakeQueues:
    """`silent` ones never answer, `broken` ones refuse to."""

    def __init__(self) -> None:
        self.depths: dict[Queue, Depth] = {}
        self.silent: set[Queue] = set()
        self.broken: set[Queue] = set()

    async def depth(self, queue: Queue) -> Depth:
        if queue in self.broken:
            raise Unavailable("Cloud Tasks does not answer")
        if queue in self.silent:
            await asyncio.Event().wait()
        return self.depths.get(queue, Depth(0, None))

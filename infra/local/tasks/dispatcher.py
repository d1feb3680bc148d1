"""The loops of all queues, started and stopped together."""

import asyncio

from infra.local.tasks.queue_loop import QueueLoop
from infra.local.tasks.sender import Sender
from infra.local.tasks.store import Store


class Dispatcher:
    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender
        self._loops: dict[str, tuple[QueueLoop, asyncio.Task[None]]] = {}

    def start(self) -> None:
        for queue in self._store.queues():
            self.wake(queue.name)

    def wake(self, queue_name: str) -> None:
        """Something about the queue has changed: a task came, or its settings did."""
        entry = self._loops.get(queue_name)
        if entry and not entry[1].done():
            entry[0].wake()
        elif queue := self._store.queue(queue_name):
            loop = QueueLoop(queue, self._store, self._sender)
            self._loops[queue_name] = loop, asyncio.create_task(loop.run())

    def loop(self, queue_name: str) -> QueueLoop | None:
        return entry[0] if (entry := self._loops.get(queue_name)) else None

    async def stop(self, grace: float) -> None:
        """Dispatch nothing more, give what is in flight `grace` seconds, and leave the rest to the next start."""
        for _, running in self._loops.values():
            running.cancel()
        attempts = {one for loop, _ in self._loops.values() for one in loop.in_flight}
        if attempts:
            _, late = await asyncio.wait(attempts, timeout=grace)
            for one in late:
                one.cancel()
        await asyncio.gather(*attempts, *(running for _, running in self._loops.values()), return_exceptions=True)

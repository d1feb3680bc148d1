"""The one call of `google.cloud.tasks.v2beta3.CloudTasks` that v2 lacks: how much waits in a queue."""

from google.cloud import tasks_v2beta3

from infra.local.tasks import names
from infra.local.tasks.clock import to_datetime
from infra.local.tasks.dispatcher import Dispatcher
from infra.local.tasks.refusal import MISSING, UNSUPPORTED, Refusal
from infra.local.tasks.store import Store


class DepthCalls:
    def __init__(self, store: Store, dispatcher: Dispatcher) -> None:
        self._store = store
        self._dispatcher = dispatcher

    def get_queue(self, call: tasks_v2beta3.GetQueueRequest) -> tasks_v2beta3.Queue:
        """Exact, where the service estimates."""
        if list(call.read_mask.paths) != ["stats"]:
            raise Refusal(UNSUPPORTED, 'This emulator has no more of v2beta3 than read_mask "stats".')
        name = names.queue(call.name)
        if self._store.queue(name) is None:
            raise Refusal(MISSING, "Queue does not exist.")
        loop = self._dispatcher.loop(name)
        in_flight = len(loop.in_flight) if loop else 0
        due_us = self._store.next_due_us(name)
        stats = tasks_v2beta3.QueueStats(
            tasks_count=self._store.kept(name),
            concurrent_dispatches_count=in_flight,
            oldest_estimated_arrival_time=None if due_us is None else to_datetime(due_us),
        )
        return tasks_v2beta3.Queue(name=name, stats=stats)

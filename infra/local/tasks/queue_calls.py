"""The calls of `google.cloud.tasks.v2.CloudTasks` that concern queues."""

from google.cloud import tasks_v2
from google.protobuf import empty_pb2

from infra.local.tasks import names, pages, queues
from infra.local.tasks.clock import now_us, to_datetime
from infra.local.tasks.dispatcher import Dispatcher
from infra.local.tasks.refusal import INVALID, MISSING, TAKEN, UNSUPPORTED, Refusal
from infra.local.tasks.store import Store

LARGEST_PAGE = 9800

_State = tasks_v2.Queue.State


class QueueCalls:
    def __init__(self, store: Store, dispatcher: Dispatcher) -> None:
        self._store = store
        self._dispatcher = dispatcher

    def create_queue(self, call: tasks_v2.CreateQueueRequest) -> tasks_v2.Queue:
        name = names.queue(call.queue.name)
        if names.parent(name) != names.location(call.parent):
            raise Refusal(INVALID, f"The queue's name {name!r} is not in {call.parent!r}.")
        if self._store.queue(name):
            raise Refusal(TAKEN, "Queue already exists.")
        return self._put(queues.changed(_new(name), call.queue))

    def get_queue(self, call: tasks_v2.GetQueueRequest) -> tasks_v2.Queue:
        return self._existing(call.name)

    def list_queues(self, call: tasks_v2.ListQueuesRequest) -> tasks_v2.ListQueuesResponse:
        if call.filter:
            raise Refusal(UNSUPPORTED, "This emulator does not filter queues.")
        size, after = pages.size(call.page_size, LARGEST_PAGE), pages.position(call.page_token)
        found = self._store.queues(f"{names.location(call.parent)}/queues/", after, size + 1)
        page = found[:size]
        more = pages.token(page[-1].name) if len(found) > size else ""
        return tasks_v2.ListQueuesResponse(queues=page, next_page_token=more)

    def update_queue(self, call: tasks_v2.UpdateQueueRequest) -> tasks_v2.Queue:
        """Updates the queue, or creates it if there is none of that name, as the service does."""
        name = names.queue(call.queue.name)
        return self._put(queues.changed(self._store.queue(name) or _new(name), call.queue, call.update_mask))

    def delete_queue(self, call: tasks_v2.DeleteQueueRequest) -> empty_pb2.Empty:
        self._existing(call.name)
        self._store.delete_queue(call.name)
        self._dispatcher.wake(call.name)
        return empty_pb2.Empty()

    def purge_queue(self, call: tasks_v2.PurgeQueueRequest) -> tasks_v2.Queue:
        queue = self._existing(call.name)
        queue.purge_time = to_datetime(now_us())
        self._store.purge_queue(queue)
        return queue

    def pause_queue(self, call: tasks_v2.PauseQueueRequest) -> tasks_v2.Queue:
        queue = self._existing(call.name)
        queue.state = _State.PAUSED
        return self._put(queue)

    def resume_queue(self, call: tasks_v2.ResumeQueueRequest) -> tasks_v2.Queue:
        queue = self._existing(call.name)
        queue.state = _State.RUNNING
        return self._put(queue)

    def _existing(self, name: str) -> tasks_v2.Queue:
        queue = self._store.queue(names.queue(name))
        if queue is None:
            raise Refusal(MISSING, "Queue does not exist.")
        return queue

    def _put(self, queue: tasks_v2.Queue) -> tasks_v2.Queue:
        self._store.put_queue(queue)
        self._dispatcher.wake(queue.name)
        return queue


def _new(name: str) -> tasks_v2.Queue:
    return tasks_v2.Queue(name=name, state=_State.RUNNING)

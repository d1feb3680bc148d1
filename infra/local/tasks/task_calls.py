"""The calls of `google.cloud.tasks.v2.CloudTasks` that concern tasks."""

from google.cloud import tasks_v2
from google.protobuf import empty_pb2

from infra.local.tasks import names, pages, submission
from infra.local.tasks.clock import SECOND_US, now_us
from infra.local.tasks.dispatcher import Dispatcher
from infra.local.tasks.refusal import INVALID, MISSING, TAKEN, Refusal
from infra.local.tasks.sender import Sender
from infra.local.tasks.store import Store
from infra.local.tasks.stored_task import StoredTask

LARGEST_PAGE = 1000


class TaskCalls:
    def __init__(self, store: Store, dispatcher: Dispatcher, sender: Sender) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._sender = sender

    def create_task(self, call: tasks_v2.CreateTaskRequest) -> tasks_v2.Task:
        self._check_queue(call.parent)
        task = submission.complete(call.task, call.parent, now_us())
        self._check_free(task.name)
        self._store.add_task(task)
        self._dispatcher.wake(call.parent)
        return self._existing(task.name).seen(call.response_view)

    def get_task(self, call: tasks_v2.GetTaskRequest) -> tasks_v2.Task:
        return self._existing(call.name).seen(call.response_view)

    def list_tasks(self, call: tasks_v2.ListTasksRequest) -> tasks_v2.ListTasksResponse:
        self._check_queue(call.parent)
        size, after = pages.size(call.page_size, LARGEST_PAGE), pages.position(call.page_token) or "0"
        if not after.isdecimal():
            raise Refusal(INVALID, "page_token must come from the page before.")
        found = self._store.tasks(call.parent, int(after), size + 1)
        page = found[:size]
        more = pages.token(str(page[-1].id)) if len(found) > size else ""
        return tasks_v2.ListTasksResponse(tasks=[one.seen(call.response_view) for one in page], next_page_token=more)

    def delete_task(self, call: tasks_v2.DeleteTaskRequest) -> empty_pb2.Empty:
        self._store.end_task(self._existing(call.name).id)
        return empty_pb2.Empty()

    def _existing(self, name: str) -> StoredTask:
        stored = self._store.task(names.task(name))
        if stored is None:
            self._check_queue(names.parent(name))
            raise Refusal(MISSING, "The task does not exist: it was never created, or it is done or deleted.")
        return stored

    def _check_queue(self, name: str) -> None:
        if self._store.queue(names.queue(name)) is None:
            raise Refusal(MISSING, "Queue does not exist.")

    def _check_free(self, name: str) -> None:
        """A name is taken by a task, and for a while after it (`CreateTaskRequest.task`, *Task De-duplication*)."""
        if self._store.task(name):
            raise Refusal(TAKEN, "Requested entity already exists.")
        ended_us = self._store.ended_us(name)
        if ended_us is not None and now_us() - ended_us < self._sender.behaviour.tombstone_seconds * SECOND_US:
            raise Refusal(TAKEN, "The task cannot be created because a task with this name existed too recently.")

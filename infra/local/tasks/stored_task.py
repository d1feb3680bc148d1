"""A task as it is kept, and as a client sees it."""

import sqlite3
from dataclasses import dataclass

from google.cloud import tasks_v2
from google.rpc import status_pb2

from infra.local.tasks.clock import to_datetime


@dataclass(frozen=True)
class StoredTask:
    """A task as created (`message`) and what happened to it since."""

    id: int  # never used twice, while a name may be
    message: tasks_v2.Task
    due_us: int
    dispatches: int
    responses: int
    executions: int  # responses other than 5xx
    first_dispatch_us: int | None
    last_schedule_us: int | None
    last_dispatch_us: int | None
    last_response_us: int | None
    last_status: int  # google.rpc.Code of the last attempt
    retry_reason: str
    previous_response: int  # HTTP status of the last response, 0 for none

    @property
    def name(self) -> str:
        return str(self.message.name)

    def seen(self, view: tasks_v2.Task.View) -> tasks_v2.Task:
        """The task for an answer. BASIC, which is also the default, leaves the body out."""
        task = tasks_v2.Task(self.message)
        task.view = view or tasks_v2.Task.View.BASIC
        if task.view == tasks_v2.Task.View.BASIC:
            task.http_request.body = b""
        task.schedule_time = to_datetime(self.due_us)
        task.dispatch_count, task.response_count = self.dispatches, self.responses
        if self.first_dispatch_us and self.last_dispatch_us and self.last_schedule_us:
            task.first_attempt = tasks_v2.Attempt(dispatch_time=to_datetime(self.first_dispatch_us))
            task.last_attempt = tasks_v2.Attempt(
                schedule_time=to_datetime(self.last_schedule_us), dispatch_time=to_datetime(self.last_dispatch_us)
            )
        if self.last_response_us:
            task.last_attempt.response_time = to_datetime(self.last_response_us)
            task.last_attempt.response_status = status_pb2.Status(code=self.last_status, message=self.retry_reason)
        return task


def from_row(row: sqlite3.Row) -> StoredTask:
    values = {column: row[column] for column in StoredTask.__dataclass_fields__}
    return StoredTask(**{**values, "message": tasks_v2.Task.deserialize(row["message"])})

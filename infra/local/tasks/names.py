"""Resource names and what they may be made of (Cloud Tasks API, `Queue.name` and `Task.name`)."""

import re
import uuid

from infra.local.tasks.refusal import INVALID, Refusal

_LOCATION = r"projects/[A-Za-z0-9:.-]+/locations/[a-z0-9-]+"
_QUEUE = _LOCATION + r"/queues/[A-Za-z0-9-]{1,100}"
_TASK = _QUEUE + r"/tasks/[A-Za-z0-9_-]{1,500}"
_FORMS = {
    "location": (re.compile(_LOCATION), "projects/PROJECT_ID/locations/LOCATION_ID"),
    "queue": (re.compile(_QUEUE), "projects/PROJECT_ID/locations/LOCATION_ID/queues/QUEUE_ID"),
    "task": (re.compile(_TASK), "projects/PROJECT_ID/locations/LOCATION_ID/queues/QUEUE_ID/tasks/TASK_ID"),
}


def location(name: str) -> str:
    return _checked("location", name)


def queue(name: str) -> str:
    return _checked("queue", name)


def task(name: str) -> str:
    return _checked("task", name)


def new_task(queue_name: str) -> str:
    """A task name as the service makes one: digits nobody has to remember, spread evenly."""
    return f"{queue_name}/tasks/{uuid.uuid4().int % 10**20:020d}"


def parent(name: str) -> str:
    """The queue of a task, or the location of a queue."""
    return name.rsplit("/", 2)[0]


def short(name: str) -> str:
    """The id at the end of a name."""
    return name.rsplit("/", 1)[1]


def _checked(kind: str, name: str) -> str:
    pattern, form = _FORMS[kind]
    if not pattern.fullmatch(name):
        raise Refusal(INVALID, f"Not a {kind} name: {name[:200]!r}. It must have the form {form}.")
    return name

"""The calls of the real client that do not dispatch anything."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from google.api_core.exceptions import AlreadyExists, InvalidArgument, MethodNotImplemented, NotFound
from google.cloud import tasks_v2

if TYPE_CHECKING:
    from infra.local.tasks.conftest import Stack

pytestmark = pytest.mark.anyio

LOCATION = "projects/halo-local/locations/europe-west1"


async def test_the_life_of_a_queue(stack: "Stack") -> None:
    name = f"{LOCATION}/queues/deliver"
    with pytest.raises(NotFound):
        await stack.client.get_queue(name=name)
    created = await stack.client.create_queue(parent=LOCATION, queue={"name": name})
    assert created.state == tasks_v2.Queue.State.RUNNING
    assert await stack.client.get_queue(name=name) == created
    with pytest.raises(AlreadyExists):
        await stack.client.create_queue(parent=LOCATION, queue={"name": name})
    await stack.client.delete_queue(name=name)
    with pytest.raises(NotFound):
        await stack.client.create_task(parent=name, task={"http_request": {"url": "http://h/"}})


async def test_updating_a_queue_that_is_not_there_creates_it(stack: "Stack") -> None:
    queue = {"name": f"{LOCATION}/queues/new", "rate_limits": {"max_dispatches_per_second": 7}}
    assert (await stack.client.update_queue(queue=queue)).rate_limits.max_dispatches_per_second == 7


async def test_queues_are_listed_in_pages_and_by_location(stack: "Stack") -> None:
    for name in [*(f"{LOCATION}/queues/q{n}" for n in range(4)), "projects/halo-local/locations/us-east1/queues/far"]:
        await stack.client.create_queue(parent=name.rsplit("/", 2)[0], queue={"name": name})
    pager = await stack.client.list_queues(request={"parent": LOCATION, "page_size": 2})
    pages = [[queue.name.rsplit("/")[-1] for queue in page.queues] async for page in pager.pages]
    assert pages == [["q0", "q1"], ["q2", "q3"], ["send"]]


async def test_tasks_are_listed_in_pages_and_bodies_only_on_request(stack: "Stack") -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    for number in range(5):
        await stack.create(f"t{number}", schedule_time=later)
    pager = await stack.client.list_tasks(request={"parent": stack.queue, "page_size": 2, "response_view": "FULL"})
    pages = [[(task.name.rsplit("/")[-1], task.http_request.body) for task in page.tasks] async for page in pager.pages]
    assert pages == [[("t0", b"{}"), ("t1", b"{}")], [("t2", b"{}"), ("t3", b"{}")], [("t4", b"{}")]]
    basic = await stack.client.get_task(name=f"{stack.queue}/tasks/t0")
    assert (basic.http_request.body, basic.view) == (b"", tasks_v2.Task.View.BASIC)
    assert basic.schedule_time == later


async def test_wrong_calls_are_refused_as_the_service_would(stack: "Stack") -> None:
    with pytest.raises(InvalidArgument, match="30 days"):
        await stack.create(schedule_time=datetime.now(UTC) + timedelta(days=31))
    with pytest.raises(InvalidArgument, match="Not a queue name"):
        await stack.client.get_queue(name="send")
    with pytest.raises(InvalidArgument, match="page_token"):
        await stack.client.list_tasks(request={"parent": stack.queue, "page_token": "made up"})
    with pytest.raises(NotFound, match="task does not exist"):
        await stack.client.delete_task(name=f"{stack.queue}/tasks/none")
    with pytest.raises(MethodNotImplemented):
        await stack.client.run_task(name=f"{stack.queue}/tasks/none")

"""Tasks from the real client to a worker."""

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import google.auth.transport.requests
import pytest
from anyio import to_thread
from google.api_core.exceptions import AlreadyExists, NotFound
from google.cloud import tasks_v2
from google.oauth2 import id_token

if TYPE_CHECKING:
    from infra.local.tasks.conftest import Stack

pytestmark = pytest.mark.anyio


async def settled(stack: "Stack", done: int) -> dict[str, object]:
    """The queue's status once `done` tasks are done and none is left."""
    while True:
        status: dict[str, object] = (await stack.control.get("/")).json()["queues"][0]
        if (status["done"], status["pending"], status["inFlight"]) == (done, 0, 0):
            return status


async def test_a_task_arrives_as_it_was_created(stack: "Stack") -> None:
    created = await stack.create("t1")
    (arrival,) = await stack.sink.received(1)
    assert (arrival.method, arrival.url, arrival.body) == ("POST", f"{stack.sink.url}/work", b"{}")
    assert arrival.headers["user-agent"] == "Google-Cloud-Tasks"
    assert arrival.headers["content-type"] == "application/octet-stream"
    assert (arrival.headers["x-cloudtasks-queuename"], arrival.task) == ("send", "t1")
    assert created.http_request.body == b""  # the BASIC view
    await settled(stack, 1)
    with pytest.raises(NotFound):
        await stack.client.get_task(name=created.name)


async def test_no_task_comes_before_its_schedule_time_and_the_later_one_comes_later(stack: "Stack") -> None:
    await stack.configure(rate_limits={"max_concurrent_dispatches": 1})
    await stack.client.pause_queue(name=stack.queue)
    now = datetime.now(UTC)
    created = [
        await stack.create(task_id, schedule_time=now + timedelta(seconds=delay))
        for task_id, delay in [("later", 0.4), ("sooner", 0.2)]
    ]
    # What is due by the time that it is created is due then.
    due = {task.name.rsplit("/", 1)[1]: task.schedule_time for task in created}
    assert due["later"] >= now + timedelta(seconds=0.4)
    assert due["sooner"] >= now + timedelta(seconds=0.2)
    await stack.client.resume_queue(name=stack.queue)
    arrivals = await stack.sink.received(2)
    assert [one.task for one in arrivals] == sorted(due, key=lambda task_id: due[task_id])
    for one in arrivals:
        assert one.at >= due[one.task].timestamp()
        assert float(one.headers["x-cloudtasks-tasketa"]) == pytest.approx(due[one.task].timestamp(), abs=1e-5)


async def test_a_name_is_taken_while_its_task_lives_and_after_it_ran_or_was_deleted(stack: "Stack") -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    waiting = await stack.create("t1", schedule_time=later)
    with pytest.raises(AlreadyExists):
        await stack.create("t1")
    await stack.client.delete_task(name=waiting.name)
    with pytest.raises(AlreadyExists, match="too recently"):
        await stack.create("t1")
    await stack.create("t2")
    await settled(stack, 1)
    with pytest.raises(AlreadyExists, match="too recently"):
        await stack.create("t2")
    await stack.misbehave(tombstoneSeconds=0)
    await stack.create("t2")
    await settled(stack, 2)


async def test_a_failed_task_comes_again_and_knows_why(stack: "Stack") -> None:
    stack.sink.script = [500, 409]
    created = await stack.create()
    first, second, third = (one.headers for one in await stack.sink.received(3))
    assert "x-cloudtasks-taskretryreason" not in first
    assert second["x-cloudtasks-taskretryreason"] == "HTTP 500"
    assert [one["x-cloudtasks-taskretrycount"] for one in (first, second, third)] == ["0", "1", "2"]
    assert [one["x-cloudtasks-taskexecutioncount"] for one in (first, second, third)] == ["0", "0", "1"]
    assert third["x-cloudtasks-taskpreviousresponse"] == "409"
    assert "cookie" not in third  # the worker sets one in every answer
    etas = [float(one["x-cloudtasks-tasketa"]) for one in (first, second, third)]
    assert etas[1] - etas[0] >= 0.02
    assert etas[2] - etas[1] >= 0.04
    assert created.name.endswith(third["x-cloudtasks-taskname"])


async def test_a_task_is_given_up_silently_after_its_last_attempt(stack: "Stack") -> None:
    await stack.configure(retry_config={"max_attempts": 2, "min_backoff": "0.01s"})
    stack.sink.script = [500, 500, 500]
    created = await stack.create("t1")
    status = await settled(stack, 0)
    assert (status["failedAttempts"], status["givenUp"]) == (2, 1)
    assert status["lastError"] == "t1: HTTP 500 (attempt 2)"
    with pytest.raises(NotFound):
        await stack.client.get_task(name=created.name)


async def test_a_worker_that_is_not_there_is_tried_again(stack: "Stack") -> None:
    created = await stack.create(http_request={"url": "http://127.0.0.1:9/work"})
    while not (task := await stack.client.get_task(name=created.name)).last_attempt.response_time:
        pass
    assert task.response_count == 0
    assert task.last_attempt.response_status.message == "ConnectError"


async def test_an_overloaded_worker_slows_the_queue_down(stack: "Stack") -> None:
    stack.sink.script = [429]
    await stack.create()
    await stack.sink.received(1)
    while (await stack.control.get("/")).json()["queues"][0]["rateShare"] == 1:
        pass
    assert (await settled(stack, 1))["failedAttempts"] == 1


async def test_a_token_passes_the_check_that_google_clients_make(stack: "Stack") -> None:
    token = {"service_account_email": "tasks@halo-local.iam.gserviceaccount.com", "audience": "https://send"}
    await stack.create(http_request={"url": f"{stack.sink.url}/work", "oidc_token": token})
    (arrival,) = await stack.sink.received(1)
    bearer = arrival.headers["authorization"].removeprefix("Bearer ")

    def verify() -> dict[str, object]:
        with google.auth.transport.requests.requests.Session() as session:
            request = google.auth.transport.requests.Request(session)
            certs_url = str(stack.control.base_url.join("/certs"))
            claims: dict[str, object] = id_token.verify_token(bearer, request, "https://send", certs_url)
            return claims

    claims = await to_thread.run_sync(verify)
    assert claims["email"] == token["service_account_email"]
    assert claims["email_verified"] is True


async def test_a_queues_target_rules_the_tasks_it_already_has(stack: "Stack") -> None:
    """A task made by one release reaches the next one's function, whatever URL it was created with."""
    await stack.client.pause_queue(name=stack.queue)
    await stack.create(http_request={"url": "https://old-release.example/send", "body": b"b"})
    port = int(stack.sink.url.rsplit(":", 1)[1])
    target = tasks_v2.HttpTarget(
        uri_override={"scheme": "HTTP", "host": "127.0.0.1", "port": port, "path_override": {"path": "/new"}},
        http_method="PUT",
        header_overrides=[{"header": {"key": "Content-Type", "value": "application/json"}}],
        oidc_token={"service_account_email": "tasks@halo-local.iam.gserviceaccount.com", "audience": "https://new"},
    )
    updated = await stack.configure(http_target=target)
    assert updated.http_target == target
    assert updated.state == tasks_v2.Queue.State.PAUSED
    await stack.client.resume_queue(name=stack.queue)
    (arrival,) = await stack.sink.received(1)
    assert (arrival.method, arrival.url, arrival.body) == ("PUT", f"{stack.sink.url}/new", b"b")
    assert arrival.headers["content-type"] == "application/json"
    assert arrival.headers["authorization"].startswith("Bearer ")


async def test_no_more_tasks_at_once_than_the_queue_allows(stack: "Stack") -> None:
    await stack.configure(rate_limits={"max_concurrent_dispatches": 2})
    stack.sink.open.clear()
    for _ in range(5):
        await stack.create()
    await stack.sink.received(2)
    status = (await stack.control.get("/")).json()["queues"][0]
    assert (status["inFlight"], status["pending"]) == (2, 3)
    stack.sink.open.set()
    await settled(stack, 5)


async def test_a_paused_queue_holds_its_tasks_and_a_purged_one_loses_them(stack: "Stack") -> None:
    await stack.client.pause_queue(name=stack.queue)
    await stack.create("t1")
    purged = await stack.client.purge_queue(name=stack.queue)
    assert purged.purge_time.timestamp() == pytest.approx(time.time(), abs=60)
    await stack.create("t2")
    assert stack.sink.arrivals == []
    await stack.client.resume_queue(name=stack.queue)
    await settled(stack, 1)
    assert [one.task for one in stack.sink.arrivals] == ["t2"]


async def test_a_task_deleted_in_flight_does_not_come_back(stack: "Stack") -> None:
    stack.sink.script = [500]
    stack.sink.open.clear()
    created = await stack.create("t1")
    await stack.sink.received(1)
    await stack.client.delete_task(name=created.name)
    stack.sink.open.set()
    assert (await settled(stack, 0))["failedAttempts"] == 1
    with pytest.raises(NotFound):
        await stack.client.get_task(name=created.name)

from datetime import UTC, datetime, timedelta

import grpc
import pytest
from google.cloud import tasks_v2

from infra.local.tasks import names, pages, submission
from infra.local.tasks.clock import to_us
from infra.local.tasks.refusal import Refusal

QUEUE = "projects/halo-local/locations/europe-west1/queues/send"

NOW = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)
WORK = {"url": "http://127.0.0.1:8080/work"}


def complete(**fields: object) -> tasks_v2.Task:
    return submission.complete(tasks_v2.Task(**{"http_request": WORK, **fields}), QUEUE, to_us(NOW))


def test_what_is_left_open_is_filled_in() -> None:
    task = complete()
    assert names.task(task.name).startswith(f"{QUEUE}/tasks/")
    assert task.schedule_time == NOW
    assert task.create_time == NOW.replace(microsecond=0)
    assert task.dispatch_deadline == timedelta(minutes=10)
    assert task.http_request.http_method == tasks_v2.HttpMethod.POST
    assert "retry_config" not in task


def test_output_only_fields_are_not_the_clients_to_set() -> None:
    assert complete(dispatch_count=7, response_count=7).dispatch_count == 0


def test_a_schedule_time_in_the_past_means_now_and_30_days_is_the_limit() -> None:
    assert complete(schedule_time=NOW - timedelta(days=1)).schedule_time == NOW
    assert complete(schedule_time=NOW + timedelta(days=30)).schedule_time == NOW + timedelta(days=30)
    with pytest.raises(Refusal, match="30 days"):
        complete(schedule_time=NOW + timedelta(days=30, seconds=1))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"http_request": None}, "needs an http_request"),
        ({"name": "send-1"}, "Not a task name"),
        ({"name": f"{QUEUE}/tasks/a.b"}, "Not a task name"),
        ({"name": f"{QUEUE}/tasks/{'a' * 501}"}, "Not a task name"),
        ({"name": f"{QUEUE}-2/tasks/a"}, "is not in the queue"),
        ({"http_request": {"url": "ftp://127.0.0.1"}}, "must begin with http"),
        ({"http_request": {"url": "http://"}}, "must name a host"),
        ({"http_request": {"url": f"http://h/{'x' * 2083}"}}, "at most 2083"),
        ({"http_request": {**WORK, "http_method": "GET", "body": b"x"}}, "may have a body"),
        ({"http_request": {**WORK, "headers": {"a b": "c"}}}, "Not an HTTP header"),
        ({"http_request": {**WORK, "headers": {"a": "b\r\nc: d"}}}, "Not an HTTP header"),
        ({"http_request": {**WORK, "headers": {"a": "b" * 81_920}}}, "80 KB"),
        ({"http_request": {**WORK, "body": b"x" * 1024 * 1024}}, "too large"),
        ({"http_request": {**WORK, "oidc_token": {"audience": "a"}}}, "service_account_email"),
        ({"dispatch_deadline": timedelta(seconds=14)}, "from 15 seconds to 30 minutes"),
        ({"dispatch_deadline": timedelta(minutes=31)}, "from 15 seconds to 30 minutes"),
        ({"retry_config": {"max_attempts": -2}}, "max_attempts"),
    ],
)
def test_what_the_service_would_refuse(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        complete(**fields)
    assert refused.value.status == grpc.StatusCode.INVALID_ARGUMENT


def test_app_engine_tasks_are_refused_with_a_hint() -> None:
    task = tasks_v2.Task(app_engine_http_request={"relative_uri": "/work"})
    with pytest.raises(Refusal, match="http_request") as refused:
        submission.complete(task, QUEUE, to_us(NOW))
    assert refused.value.status == grpc.StatusCode.UNIMPLEMENTED


def test_a_page_token_leads_back_to_its_position() -> None:
    assert pages.position(pages.token("projects/p/ü")) == "projects/p/ü"
    assert pages.position("") == ""
    with pytest.raises(Refusal, match="page_token"):
        pages.position("made up!")

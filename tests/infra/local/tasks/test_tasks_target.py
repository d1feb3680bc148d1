from collections.abc import Mapping

import pytest
from google.cloud import tasks_v2

from infra.local.tasks.stored_task import StoredTask
from infra.local.tasks.target import Request, request

QUEUE = "projects/halo-local/locations/europe-west1/queues/send"


def built(
    http_request: Mapping[str, object], http_target: Mapping[str, object] | None = None, **seen: int | str
) -> Request:
    message = tasks_v2.Task(name=f"{QUEUE}/tasks/t1", http_request={"http_method": "POST", **http_request})
    counts = {"due_us": 1_795_000_000_000_001, "dispatches": 1, "responses": 0, "executions": 0, "last_status": 0}
    times = dict.fromkeys(("first_dispatch_us", "last_schedule_us", "last_dispatch_us", "last_response_us"))
    stored = StoredTask(
        **{"id": 1, "message": message, **counts, **times, "retry_reason": "", "previous_response": 0, **seen}
    )
    queue = tasks_v2.Queue(name=QUEUE, **({"http_target": http_target} if http_target else {}))
    return request(stored, queue, lambda audience, email: f"{email}>{audience}")


def test_the_headers_of_a_first_attempt_and_of_a_retry() -> None:
    first = built({"url": "http://h/work"}).headers
    assert first == {
        "content-type": "application/octet-stream",
        "user-agent": "Google-Cloud-Tasks",
        "x-cloudtasks-queuename": "send",
        "x-cloudtasks-taskname": "t1",
        "x-cloudtasks-taskretrycount": "0",
        "x-cloudtasks-taskexecutioncount": "0",
        "x-cloudtasks-tasketa": "1795000000.000001",
    }
    retry = built({"url": "http://h/work"}, dispatches=3, executions=1, previous_response=409, retry_reason="HTTP 409")
    assert retry.headers.items() >= {
        ("x-cloudtasks-taskretrycount", "2"),
        ("x-cloudtasks-taskexecutioncount", "1"),
        ("x-cloudtasks-taskpreviousresponse", "409"),
        ("x-cloudtasks-taskretryreason", "HTTP 409"),
    }


def test_headers_that_are_cloud_tasks_own_cannot_be_forged() -> None:
    forged = {"Host": "x", "User-Agent": "x", "X-CloudTasks-TaskName": "x", "X-Google-A": "x", "Content-Type": "a/b"}
    headers = built({"url": "http://h/", "headers": forged}).headers
    assert headers["x-cloudtasks-taskname"] == "t1"
    assert headers["user-agent"] == "Google-Cloud-Tasks"
    assert headers["content-type"] == "a/b"
    assert {"host", "x-google-a"}.isdisjoint(headers)


@pytest.mark.parametrize(
    ("url", "override", "expected"),
    [
        ("https://h/a?b=c", {"scheme": "HTTP"}, "http://h/a?b=c"),
        ("http://h/a", {"scheme": "HTTP", "host": "127.0.0.1", "port": 81}, "http://127.0.0.1:81/a"),
        ("http://h:80/a?b", {"path_override": {"path": "/x/y"}, "query_override": {"query_params": "q=1"}}, "http://h/x/y?q=1"),
        ("http://h:81/a?b", {"port": 0, "query_override": {"query_params": ""}}, "http://h/a"),
        ("http://h/a%2Fb", {"host": "g"}, "http://g/a%2Fb"),
        ("http://h/a", {"host": "g", "port": 9, "uri_override_enforce_mode": "IF_NOT_EXISTS"}, "http://h:9/a"),
    ],
)  # fmt: skip
def test_a_queue_replaces_parts_of_the_url(url: str, override: dict[str, object], expected: str) -> None:
    assert built({"url": url}, {"uri_override": override}).url == expected


def test_a_queue_decides_method_headers_and_token() -> None:
    task = {
        "url": "http://h/",
        "body": b"b",
        "headers": {"x-a": "task"},
        "oidc_token": {"service_account_email": "task@x"},
    }
    assert built(task).headers["authorization"] == "Bearer task@x>http://h/"
    target = {
        "http_method": "PUT",
        "header_overrides": [{"header": {"key": "X-A", "value": "queue"}}],
        "oidc_token": {"service_account_email": "queue@x", "audience": "send"},
    }
    sent = built(task, target)
    assert (sent.method, sent.body, sent.headers["x-a"]) == ("PUT", b"b", "queue")
    assert sent.headers["authorization"] == "Bearer queue@x>send"
    assert built(task, {"http_method": "GET"}).body == b""

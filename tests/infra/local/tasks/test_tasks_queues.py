from datetime import timedelta

import pytest
from google.cloud import tasks_v2
from google.protobuf import field_mask_pb2

from infra.local.tasks import queues
from infra.local.tasks.refusal import Refusal

QUEUE = "projects/halo-local/locations/europe-west1/queues/send"


def complete(**settings: object) -> tasks_v2.Queue:
    return queues.complete(tasks_v2.Queue(name=QUEUE, **settings))


def changed(current: tasks_v2.Queue, paths: list[str], **settings: object) -> tasks_v2.Queue:
    wanted = tasks_v2.Queue(name=QUEUE, **settings)
    return queues.changed(current, wanted, field_mask_pb2.FieldMask(paths=paths))


def test_the_defaults_are_those_of_a_queue_made_with_no_flags() -> None:
    queue = complete()
    assert queue.rate_limits == tasks_v2.RateLimits(
        max_dispatches_per_second=500, max_burst_size=500, max_concurrent_dispatches=1000
    )
    assert (queue.retry_config.max_attempts, queue.retry_config.max_doublings) == (100, 16)
    assert (queue.retry_config.min_backoff, queue.retry_config.max_backoff) == (
        timedelta(seconds=0.1),
        timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"rate_limits": {"max_dispatches_per_second": 501}}, "at most 500"),
        ({"rate_limits": {"max_dispatches_per_second": -1}}, "more than 0"),
        ({"rate_limits": {"max_concurrent_dispatches": 5001}}, "from 1 to 5000"),
        ({"retry_config": {"max_attempts": -2}}, "max_attempts"),
        ({"retry_config": {"max_doublings": -1}}, "negative"),
        ({"retry_config": {"min_backoff": "60s", "max_backoff": "1s"}}, "min_backoff"),
        ({"http_target": {"uri_override": {"host": ""}}}, "host must be"),
        ({"http_target": {"uri_override": {"host": "127.0.0.1:8080"}}}, "host must be"),
        ({"http_target": {"uri_override": {"path_override": {"path": "/ä"}}}}, "must be encoded"),
        ({"http_target": {"uri_override": {"port": 65_536}}}, "port"),
        ({"http_target": {"oidc_token": {"service_account_email": "a@b"}}}, "audience"),
        ({"http_target": {"oauth_token": {"service_account_email": "a@b"}}}, "oidc_token"),
        ({"http_target": {"header_overrides": [{"header": {"key": "a", "value": "\n"}}]}}, "Not an HTTP header"),
    ],
)
def test_what_the_service_would_refuse(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        complete(**settings)


def test_a_mask_changes_what_it_names_and_nothing_else() -> None:
    queue = complete(rate_limits={"max_dispatches_per_second": 5}, retry_config={"max_attempts": 7})
    faster = changed(
        queue,
        ["rate_limits.max_dispatches_per_second"],
        rate_limits={"max_dispatches_per_second": 9, "max_concurrent_dispatches": 1},
        retry_config={"max_attempts": 1},
    )
    assert faster.rate_limits.max_dispatches_per_second == 9
    assert faster.rate_limits.max_concurrent_dispatches == 1000
    assert faster.retry_config.max_attempts == 7


def test_no_mask_changes_everything_but_output() -> None:
    queue = complete(retry_config={"max_attempts": 7}, state="PAUSED", http_target={"http_method": "PUT"})
    replaced = changed(queue, [], rate_limits={"max_dispatches_per_second": 9}, state="RUNNING")
    assert replaced.retry_config.max_attempts == 100
    assert replaced.state == tasks_v2.Queue.State.PAUSED
    assert "http_target" not in replaced


def test_a_mask_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(Refusal, match="no field 'speed'"):
        changed(complete(), ["speed"])

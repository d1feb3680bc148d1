from datetime import timedelta

import pytest
from google.cloud import tasks_v2
from hypothesis import given
from hypothesis import strategies as st

from infra.local.tasks.clock import SECOND_US
from infra.local.tasks.queues import complete_retries
from infra.local.tasks.retries import RETENTION_US, RetryPolicy


def policy(**settings: object) -> RetryPolicy:
    return RetryPolicy.of(complete_retries(tasks_v2.RetryConfig(**settings)))


def test_the_documented_example_of_backoff() -> None:
    ten = policy(min_backoff=timedelta(seconds=10), max_backoff=timedelta(seconds=300), max_doublings=3)
    assert [ten.backoff_us(n) // SECOND_US for n in range(1, 9)] == [10, 20, 40, 80, 160, 240, 300, 300]


def test_the_defaults_are_those_of_a_queue_made_with_no_flags() -> None:
    assert policy() == RetryPolicy(100, 0, SECOND_US // 10, 3600 * SECOND_US, 16)


@given(st.integers(1, 10**6), st.integers(1, 40), st.integers(1, 10**9))
def test_backoff_never_shrinks_and_stays_between_its_bounds(attempts: int, doublings: int, minimum: int) -> None:
    some = RetryPolicy(-1, 0, minimum, 10**10, doublings)
    assert minimum <= some.backoff_us(attempts) <= some.backoff_us(attempts + 1) <= 10**10


@pytest.mark.parametrize(
    ("max_attempts", "max_seconds", "attempts", "seconds", "exhausted"),
    [
        (3, 0, 2, 10**6, False),
        (3, 0, 3, 0, True),  # no time limit: attempts alone decide
        (3, 60, 3, 59, False),  # both must be used up
        (3, 60, 2, 61, False),
        (3, 60, 3, 60, True),
        (-1, 60, 10**6, 59, False),  # unlimited attempts: time alone decides
        (-1, 60, 1, 60, True),
        (-1, 0, 10**6, RETENTION_US // SECOND_US - 1, False),
        (-1, 0, 1, RETENTION_US // SECOND_US, True),
    ],
)
def test_when_a_task_is_given_up(
    max_attempts: int, max_seconds: int, attempts: int, seconds: int, exhausted: bool
) -> None:
    some = policy(max_attempts=max_attempts, max_retry_duration=timedelta(seconds=max_seconds))
    assert some.exhausted(attempts, seconds * SECOND_US) is exhausted

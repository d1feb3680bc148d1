from collections.abc import Iterator
from pathlib import Path

import pytest
from google.cloud import tasks_v2

from infra.local.tasks.clock import SECOND_US, now_us, to_datetime
from infra.local.tasks.store import Store

QUEUE = "projects/halo-local/locations/europe-west1/queues/send"

T0 = 1_795_000_000 * SECOND_US


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tasks.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    opened.put_queue(tasks_v2.Queue(name=QUEUE))
    yield opened
    opened.close()


def add(store: Store, task_id: str, due_us: int = T0) -> str:
    task = tasks_v2.Task(
        name=f"{QUEUE}/tasks/{task_id}", schedule_time=to_datetime(due_us), http_request={"body": b"b"}
    )
    store.add_task(task)
    return str(task.name)


def test_the_task_due_longest_comes_first_and_none_comes_early(store: Store) -> None:
    for task_id, due_us in [("late", T0 + 2), ("early", T0), ("middle", T0 + 1)]:
        add(store, task_id, due_us)
    assert store.next_due_us(QUEUE) == T0
    claimed = [store.claim(QUEUE, T0 + 1) for _ in range(3)]
    assert [one.name.rsplit("/")[-1] if one else None for one in claimed] == ["early", "middle", None]
    assert store.next_due_us(QUEUE) == T0 + 2


def test_an_attempt_is_counted_before_it_is_made(store: Store) -> None:
    name = add(store, "a")
    store.claim(QUEUE, T0)
    stored = store.task(name)
    assert stored
    assert (stored.dispatches, stored.responses, stored.first_dispatch_us) == (1, 0, T0)


def test_a_failed_attempt_is_remembered_and_5xx_do_not_count_as_executions(store: Store) -> None:
    name = add(store, "a")
    for response in (503, 409, None):
        claimed = store.claim(QUEUE, T0)
        assert claimed
        store.retry(claimed.id, T0, response, 14, "why", T0 + 5)
    stored = store.task(name)
    assert stored
    assert (stored.dispatches, stored.responses, stored.executions, stored.previous_response) == (3, 2, 1, 0)
    seen = stored.seen(tasks_v2.Task.View.VIEW_UNSPECIFIED)
    assert seen.last_attempt.response_status.code == 14
    assert seen.http_request.body == b""
    assert stored.seen(tasks_v2.Task.View.FULL).http_request.body == b"b"


def test_what_was_in_flight_at_death_is_due_again_with_its_attempt_counted(store: Store, path: Path) -> None:
    name = add(store, "a")
    assert store.claim(QUEUE, T0)
    assert store.next_due_us(QUEUE) is None
    survivor = Store(path)  # nothing was closed: the first process is gone
    assert survivor.next_due_us(QUEUE) == T0
    stored = survivor.task(name)
    assert stored
    assert stored.dispatches == 1
    survivor.close()


def test_however_a_task_ends_its_name_is_remembered(store: Store) -> None:
    before = now_us()
    done, purged = add(store, "done"), add(store, "purged")
    stored = store.task(done)
    assert stored
    store.end_task(stored.id)
    store.purge_queue(tasks_v2.Queue(name=QUEUE))
    for name in (done, purged):
        assert store.task(name) is None
        assert before - SECOND_US < (store.ended_us(name) or 0) < before + 60 * SECOND_US
    store.forget_tombstones(now_us() + SECOND_US)
    assert store.ended_us(done) is None


def test_the_end_of_an_old_attempt_leaves_a_new_task_of_the_same_name_alone(store: Store) -> None:
    name = add(store, "a")
    old = store.claim(QUEUE, T0)
    assert old
    store.end_task(old.id)
    add(store, "a")
    store.end_task(old.id)
    store.retry(old.id, T0, 500, 13, "why", T0)
    again = store.task(name)
    assert again
    assert again.dispatches == 0


def test_a_deleted_queue_takes_everything_with_it(store: Store) -> None:
    name = add(store, "a")
    store.delete_queue(QUEUE)
    assert (store.queue(QUEUE), store.task(name), store.ended_us(name)) == (None, None, None)

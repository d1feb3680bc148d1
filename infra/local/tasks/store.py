"""Queues, tasks and tombstones in one SQLite file, so that what was answered survives the death of the process.

WAL with `synchronous=NORMAL`: a commit is in the file before the call returns, though a power cut may undo the last
ones. One process owns the file; every statement is its own transaction unless said otherwise.
"""

import sqlite3
from pathlib import Path

from google.cloud import tasks_v2

from infra.local.tasks import names
from infra.local.tasks.clock import to_us
from infra.local.tasks.stored_task import StoredTask, from_row

_SCHEMA = Path(__file__).with_name("schema.sql")


class Store:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA.read_text())
        # Whoever was running these died with them: they are due again, their attempts counted.
        self._db.execute("UPDATE tasks SET running = 0")

    def close(self) -> None:
        self._db.close()

    # Queues

    def queue(self, name: str) -> tasks_v2.Queue | None:
        row = self._db.execute("SELECT message FROM queues WHERE name = ?", (name,)).fetchone()
        return tasks_v2.Queue.deserialize(row["message"]) if row else None

    def queues(self, prefix: str = "", after: str = "", limit: int = -1) -> list[tasks_v2.Queue]:
        """Queues in the order of their names, those whose name begins with `prefix` and comes after `after`."""
        rows = self._db.execute(
            "SELECT message FROM queues WHERE substr(name, 1, ?) = ? AND name > ? ORDER BY name LIMIT ?",
            (len(prefix), prefix, after, limit),
        )
        return [tasks_v2.Queue.deserialize(row["message"]) for row in rows]

    def put_queue(self, queue: tasks_v2.Queue) -> None:
        self._db.execute("INSERT OR REPLACE INTO queues VALUES (?, ?)", (queue.name, tasks_v2.Queue.serialize(queue)))

    def delete_queue(self, name: str) -> None:
        """The queue, its tasks and its tombstones, all at once."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM queues WHERE name = ?", (name,))
            self._db.execute("DELETE FROM tasks WHERE queue = ?", (name,))
            self._db.execute("DELETE FROM tombstones WHERE queue = ?", (name,))

    def purge_queue(self, queue: tasks_v2.Queue) -> None:
        """Keep the queue as given and delete all its tasks, those in flight too."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self.put_queue(queue)
            self._db.execute("DELETE FROM tasks WHERE queue = ?", (queue.name,))

    # Tasks. Ending one in any way leaves its tombstone (a trigger in schema.sql).

    def add_task(self, task: tasks_v2.Task) -> None:
        """Keep a new task. The caller has made sure that its name is free."""
        self._db.execute(
            "INSERT INTO tasks (name, queue, message, due_us) VALUES (?, ?, ?, ?)",
            (task.name, names.parent(task.name), tasks_v2.Task.serialize(task), to_us(task.schedule_time)),
        )

    def task(self, name: str) -> StoredTask | None:
        row = self._db.execute("SELECT * FROM tasks WHERE name = ?", (name,)).fetchone()
        return from_row(row) if row else None

    def tasks(self, queue_name: str, after: int, limit: int) -> list[StoredTask]:
        """Tasks in the order of their creation, those with an `id` greater than `after`."""
        rows = self._db.execute(
            "SELECT * FROM tasks WHERE queue = ? AND id > ? ORDER BY id LIMIT ?", (queue_name, after, limit)
        )
        return [from_row(row) for row in rows]

    def end_task(self, task_id: int) -> None:
        """The task is done, given up or deleted. Nothing happens if it ended before."""
        self._db.execute("DELETE FROM tasks WHERE id = ?", (task_id,))

    def ended_us(self, name: str) -> int | None:
        """When the last task of this name ended, None if none is remembered."""
        row = self._db.execute("SELECT ended_us FROM tombstones WHERE name = ?", (name,)).fetchone()
        return int(row["ended_us"]) if row else None

    def forget_tombstones(self, before_us: int) -> None:
        self._db.execute("DELETE FROM tombstones WHERE ended_us < ?", (before_us,))

    def kept(self, queue_name: str) -> int:
        """How many tasks there are, those in flight too."""
        query = "SELECT count(*) AS n FROM tasks WHERE queue = ?"
        return int(self._db.execute(query, (queue_name,)).fetchone()["n"])

    # Attempts

    def waiting(self, queue_name: str) -> int:
        query = "SELECT count(*) AS n FROM tasks WHERE queue = ? AND running = 0"
        return int(self._db.execute(query, (queue_name,)).fetchone()["n"])

    def next_due_us(self, queue_name: str) -> int | None:
        """When the next task that is not in flight is due, None if there is none."""
        query = "SELECT min(due_us) AS due_us FROM tasks WHERE queue = ? AND running = 0"
        due_us: int | None = self._db.execute(query, (queue_name,)).fetchone()["due_us"]
        return due_us

    def claim(self, queue_name: str, now_us: int) -> StoredTask | None:
        """Take the task that has been due longest for an attempt, which is counted before it is made."""
        row = self._db.execute(
            "UPDATE tasks SET running = 1, dispatches = dispatches + 1, last_schedule_us = due_us,"
            " first_dispatch_us = coalesce(first_dispatch_us, ?1), last_dispatch_us = ?1, last_response_us = NULL"
            " WHERE id = (SELECT id FROM tasks WHERE queue = ?2 AND running = 0 AND due_us <= ?1"
            " ORDER BY due_us LIMIT 1) RETURNING *",
            (now_us, queue_name),
        ).fetchone()
        return from_row(row) if row else None

    def retry(self, task_id: int, due_us: int, response: int | None, status: int, reason: str, now_us: int) -> None:
        """The attempt failed: try again at `due_us`. `response` is its HTTP status, None if none came."""
        executed = response is not None and response < 500
        self._db.execute(
            "UPDATE tasks SET running = 0, due_us = ?, last_status = ?, retry_reason = ?, last_response_us = ?,"
            " previous_response = ?, responses = responses + ?, executions = executions + ? WHERE id = ?",
            (due_us, status, reason, now_us, response or 0, response is not None, executed, task_id),
        )

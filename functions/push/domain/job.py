"""Background jobs: what takes longer than a request may, done step by step, so that any death costs one step at most.

A job is running, then done or failed. Only a guarded write moves it. As with runs, a task of an older `epoch` does
nothing, and `wake_at` is when sweep must look because nothing may have moved.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

# Longer than one call works, and than Cloud Tasks takes to ask again.
WATCH_MS = 120_000
# Longer than any process remembers what it has read, and than a request takes that looked at it before.
FORGOTTEN_MS = 90_000


class JobKind(StrEnum):
    """What a job does; each has a step in usecases/job_steps.py."""

    UNTAG_DEVICES = "untag-devices"
    ERASE_DEVICE = "erase-device"
    DELETE_APP = "delete-app"
    ERASE_USER = "erase-user"
    HOUSEKEEPING = "housekeeping"
    # One a day, by releases before this one.
    PRUNE_TARGETS = "prune-targets"


class JobState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(BaseModel):
    """Times in ms. `subject` is the id of what it is about; `arguments` may be personal, and go when it ends.

    `cursor` is where the next step begins, in the words of its kind; `done` counts what was changed so far.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: JobKind
    subject: str
    arguments: Mapping[str, str] = {}
    cursor: str = ""
    done: int = 0
    state: JobState = JobState.RUNNING
    epoch: int = 1
    wake_at: int | None
    started_at: int
    finished_at: int | None = None
    error: str | None = None


class Step(NamedTuple):
    """What one step did: where the next begins (None: there is none), how many things it changed, and how long the
    next has to wait (ms)."""

    cursor: str | None
    done: int = 0
    wait_ms: int = 0


def after_step(job: Job, step: Step, now: int) -> Job:
    moved = job.model_copy(update={"done": job.done + step.done, "wake_at": now + step.wait_ms + WATCH_MS})
    if step.cursor is None:
        return _ended(moved, JobState.DONE, now)
    return moved.model_copy(update={"cursor": step.cursor})


def failed(job: Job, error: str, now: int) -> Job:
    return _ended(job, JobState.FAILED, now).model_copy(update={"error": error})


def _ended(job: Job, state: JobState, now: int) -> Job:
    return job.model_copy(update={"state": state, "wake_at": None, "finished_at": now, "arguments": {}, "cursor": ""})

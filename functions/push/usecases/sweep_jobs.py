"""`sweep`, for background jobs: those that nobody has moved on for a while get a new task."""

from push import logs
from push.domain.errors import PushError, Stale
from push.domain.job import WATCH_MS
from push.ports import Clock, Jobs, Tasks

_AT_ONCE = 200


async def sweep_jobs(*, jobs: Jobs, tasks: Tasks, clock: Clock) -> int:
    """How many were looked at. The old task, if any, must not act any more."""
    now = clock.now()
    due = await jobs.due(now, _AT_ONCE)
    for job, version, _ in due:
        armed = job.model_copy(update={"epoch": job.epoch + 1, "wake_at": now + WATCH_MS})
        try:
            await jobs.move(armed, version)
            logs.event("job-rearmed", "WARNING", job=job.id, epoch=armed.epoch)
            await tasks.work(armed.id, armed.epoch, None)
        except Stale:
            continue  # somebody moved it just now
        except PushError as error:
            logs.event("sweep-failed", "ERROR", job=job.id, error=error)
    return len(due)

"""Something is to be done in the background: stored first, then set going."""

from collections.abc import Awaitable, Callable, Mapping

from push import logs
from push.domain.errors import Unavailable
from push.domain.ids import new_id
from push.domain.job import WATCH_MS, Job, JobKind
from push.ports import Clock, Jobs, Tasks


async def start_job(
    kind: JobKind,
    subject: str,
    arguments: Mapping[str, str],
    *,
    jobs: Jobs,
    tasks: Tasks,
    clock: Clock,
    first: Callable[[], Awaitable[None]] | None = None,
    id: str | None = None,
) -> Job:
    """Raises Conflict where `id` is said and taken.

    Once it answers, the job is done, whatever dies next: sweep finds one that has no task. `first` is done between
    both: after the job is stored, and before anybody works on it."""
    now = clock.now()
    job = Job(
        id=id or new_id(), kind=kind, subject=subject, arguments=dict(arguments), wake_at=now + WATCH_MS, started_at=now
    )
    await jobs.create(job)
    if first is not None:
        await first()
    try:
        await tasks.work(job.id, job.epoch, None)
    except Unavailable as error:
        logs.event("task-not-made", "WARNING", job=job.id, epoch=job.epoch, error=error)
    return job

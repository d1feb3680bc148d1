"""Background jobs as we answer them."""

from push.domain.job import Job, JobKind, JobState
from push.entrypoints.api.schemas.wire import Answer


class JobOut(Answer):
    """`subject` is the id of what it is about; `done` counts what it has changed so far. Times in ms."""

    id: str
    kind: JobKind
    subject: str
    state: JobState
    done: int
    started_at: int
    finished_at: int | None = None
    error: str | None = None


def job_out(job: Job) -> JobOut:
    return JobOut(
        id=job.id,
        kind=job.kind,
        subject=job.subject,
        state=job.state,
        done=job.done,
        started_at=job.started_at,
        finished_at=job.finished_at,
        error=job.error,
    )

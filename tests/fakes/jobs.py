"""Background jobs, in memory."""

from typing import Any

from push.domain.errors import Conflict
from push.domain.errors import Stale as StaleWrite
from push.domain.job import Job, JobKind, JobState
from push.ports import Versioned


class FakeJobs:
    def __init__(self) -> None:
        self.stored: dict[str, tuple[Job, int]] = {}

    async def create(self, job: Job) -> None:
        if job.id in self.stored:
            raise Conflict(f"job {job.id} exists")
        self.stored[job.id] = (job, 1)

    async def get(self, id: str) -> Versioned[Job] | None:
        return Versioned(*self.stored[id], 0) if id in self.stored else None

    async def move(self, job: Job, version: Any) -> Any:
        if job.id not in self.stored or self.stored[job.id][1] != version:
            raise StaleWrite
        self.stored[job.id] = (job, version + 1)
        return version + 1

    async def running(self, kind: JobKind, subject: str) -> Job | None:
        wanted = (kind, subject, JobState.RUNNING)
        return next((job for job, _ in self.stored.values() if (job.kind, job.subject, job.state) == wanted), None)

    async def due(self, now: int, limit: int) -> list[Versioned[Job]]:
        due = sorted((j.wake_at, j.id) for j, _ in self.stored.values() if j.wake_at is not None and j.wake_at <= now)
        return [Versioned(*self.stored[id_], 0) for _, id_ in due[:limit]]

"""Background jobs, in memory."""

from typing import Any

from push.domain.errors import Conflict
from push.domain.errors import Stale as StaleWrite
from push.domain.job import Job, JobKind, JobState
from push.ports import Due, Unreadable, Versioned


class FakeJobs:
    def __init__(self) -> None:
        self.stored: dict[str, tuple[Job, int]] = {}
        self.unreadable: set[str] = set()

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

    async def waiting(self, limit: int) -> Due[Job]:
        found: Due[Job] = Due([], [])
        waiting = sorted((job.wake_at, job.id) for job, _ in self.stored.values() if job.wake_at is not None)
        for wake_at, id_ in waiting[:limit]:
            job, version = self.stored[id_]
            if id_ in self.unreadable:
                found.unreadable.append(Versioned(Unreadable(id_, wake_at), version, 0))
            else:
                found.found.append(Versioned(job, version, 0))
        return found

    async def put_off(self, id: str, until: int, version: Any) -> None:
        await self.move(self.stored[id][0].model_copy(update={"wake_at": until}), version)

from typing import Any, Protocol

from push.domain.job import Job, JobKind
from push.ports.versions import Versioned


class Jobs(Protocol):
    """Background jobs."""

    async def create(self, job: Job) -> None:
        """Raises Conflict when its id is taken."""

    async def get(self, id: str) -> Versioned[Job] | None: ...

    async def move(self, job: Job, version: Any) -> Any:
        """The guarded write; answers the new version. Raises Stale when the job is not at `version`."""

    async def running(self, kind: JobKind, subject: str) -> Job | None:
        """One that is under way."""

    async def due(self, now: int, limit: int) -> list[Versioned[Job]]:
        """Jobs whose `wake_at` has come, earliest first. One that cannot be read is logged and left out."""

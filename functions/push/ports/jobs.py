from typing import Any, Protocol

from push.domain.job import Job, JobKind
from push.ports.versions import Due, Versioned


class Jobs(Protocol):
    """Background jobs."""

    async def create(self, job: Job) -> None:
        """Raises Conflict when its id is taken."""

    async def get(self, id: str) -> Versioned[Job] | None: ...

    async def move(self, job: Job, version: Any) -> Any:
        """The guarded write; answers the new version. Raises Stale when the job is not at `version`."""

    async def running(self, kind: JobKind, subject: str) -> Job | None:
        """One that is under way."""

    async def waiting(self, limit: int) -> Due[Job]:
        """Jobs that have a `wake_at`, whether it has come or not, earliest first. One read where there is one or none:
        so that housekeeping is there costs no read of its own."""

    async def put_off(self, id: str, until: int, version: Any) -> None:
        """Moves its `wake_at` and nothing else, whatever the job says. Raises Stale when it is not at `version`."""

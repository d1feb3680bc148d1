"""How far a background job is."""

from push.domain.errors import NotFound
from push.domain.job import Job
from push.ports import Jobs


async def read_job(id: str, *, jobs: Jobs) -> Job:
    """Raises NotFound."""
    found = await jobs.get(id)
    if found is None:
        raise NotFound("no such job: it may have ended more than 90 days ago")
    return found.value

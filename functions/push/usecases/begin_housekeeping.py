"""Housekeeping is there from the first call of sweep on, and comes back where somebody removed or ended it."""

from push import logs
from push.domain.errors import Conflict
from push.domain.housekeeping import HOUSEKEEPING
from push.domain.job import WATCH_MS, JobKind, JobState
from push.ports import Clock, Jobs, Tasks
from push.usecases.start_job import start_job


async def begin_housekeeping(*, jobs: Jobs, tasks: Tasks, clock: Clock) -> None:
    """Raises Stale when somebody else begins it just now."""
    try:
        await start_job(JobKind.HOUSEKEEPING, "", {}, jobs=jobs, tasks=tasks, clock=clock, id=HOUSEKEEPING)
    except Conflict:
        found = await jobs.get(HOUSEKEEPING)
        if found is None or (found.value.state is JobState.RUNNING and found.value.wake_at is not None):
            return
        # Sweep finds it when its time has come, and makes its task.
        again = {"state": JobState.RUNNING, "wake_at": clock.now() + WATCH_MS, "finished_at": None, "error": None}
        await jobs.move(found.value.model_copy(update=again), found.version)
    logs.event("housekeeping-begun", job=HOUSEKEEPING)

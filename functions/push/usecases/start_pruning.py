"""`sweep`, once a day: the day's part of the audience is looked through for targets that nobody has heard of."""

from push.domain.errors import Conflict
from push.domain.job import JobKind
from push.domain.pruning import pruning_of
from push.domain.results import day_of
from push.ports import Clock, Jobs, Tasks
from push.usecases.start_job import start_job


async def start_pruning(*, jobs: Jobs, tasks: Tasks, clock: Clock) -> bool:
    """Whether it began now; one read where it has before."""
    day = day_of(clock.now())
    id = pruning_of(day)
    if await jobs.get(id) is not None:
        return False
    try:
        await start_job(JobKind.PRUNE_TARGETS, day, {}, jobs=jobs, tasks=tasks, clock=clock, id=id)
    except Conflict:
        return False
    return True

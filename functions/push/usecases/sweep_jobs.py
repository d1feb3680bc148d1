"""`sweep`, for background jobs: those that nobody has moved on for a while get a new task. Housekeeping is one."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from push import logs
from push.domain.errors import Stale, Unavailable
from push.domain.housekeeping import HOUSEKEEPING
from push.domain.job import WATCH_MS, Job
from push.ports import Clock, Jobs, Tasks, Unreadable, Versioned
from push.usecases.begin_housekeeping import begin_housekeeping
from push.usecases.look import AT_ONCE, Look, Looks, several_at_once
from push.usecases.plan_move import LATER


async def sweep_jobs(*, jobs: Jobs, tasks: Tasks, clock: Clock, dry: bool = False) -> Looks:
    """Looks at the jobs whose time has come, a hundred at most; `dry`, it only says what it would do. Housekeeping is
    always among those that wait, and begun where it is not. One read where there is nothing else."""
    waiting, now = await jobs.waiting(AT_ONCE), clock.now()
    due = [each for each in waiting.found if (each.value.wake_at or now) <= now]
    looks: list[Callable[[], Awaitable[Look]]] = [partial(_look, each, now, dry, jobs, tasks) for each in due]
    unreadable = [each for each in waiting.unreadable if each.value.wake_at <= now]
    looks += [partial(_put_off, each, now, dry, jobs) for each in unreadable]
    known = {each.value.id for each in waiting.found} | {each.value.id for each in waiting.unreadable}
    if waiting.total < AT_ONCE and HOUSEKEEPING not in known:
        looks.append(partial(_begin_housekeeping, dry, jobs, tasks, clock))
    return Looks(await several_at_once(looks), full=len(looks) >= AT_ONCE)


async def _look(found: Versioned[Job], now: int, dry: bool, jobs: Jobs, tasks: Tasks) -> Look:
    """The old task, if any, must not act any more."""
    job = found.value
    armed = job.model_copy(update={"epoch": job.epoch + 1, "wake_at": now + WATCH_MS})
    words = ["re-arm task"]
    if dry:
        return Look(job.id, job.kind, words)
    try:
        await jobs.move(armed, found.version)
        logs.event("job-rearmed", "WARNING", job=job.id, epoch=armed.epoch)
        await tasks.work(armed.id, armed.epoch, None)
    except Stale:
        return Look(job.id, job.kind, ["moved by somebody else"])
    except Exception as error:  # noqa: BLE001  one bad job must not keep the others from being looked at
        logs.event("sweep-failed", "ERROR", job=job.id, error=error)
        return Look(job.id, job.kind, [LATER], error=type(error).__name__)
    return Look(job.id, job.kind, words, moved=True)


async def _put_off(found: Versioned[Unreadable], now: int, dry: bool, jobs: Jobs) -> Look:
    look = Look(found.value.id, None, [LATER])
    with suppress(Stale, Unavailable):
        if not dry:
            await jobs.put_off(found.value.id, now + WATCH_MS, found.version)
            return look._replace(moved=True)
    return look


async def _begin_housekeeping(dry: bool, jobs: Jobs, tasks: Tasks, clock: Clock) -> Look:
    if not dry:
        try:
            await begin_housekeeping(jobs=jobs, tasks=tasks, clock=clock)
        except Exception as error:  # noqa: BLE001  it must not keep the runs from being gone on with
            logs.event("sweep-failed", "ERROR", job=HOUSEKEEPING, error=error)
    return Look(HOUSEKEEPING, HOUSEKEEPING, ["begin"])

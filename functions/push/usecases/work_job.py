"""`work`: as many steps of a background job as one call has time for; then a new task goes on."""

from collections.abc import Awaitable, Callable, Mapping

from push import logs
from push.domain.errors import PushError, Stale, Unavailable
from push.domain.job import Job, JobKind, JobState, Step, after_step, failed
from push.ports import Clock, Jobs, Tasks
from push.usecases.tasks import Answer, Task

# One step: from the job's cursor on, for a second or so. The same step twice must do no harm.
TakeStep = Callable[[Job, int], Awaitable[Step]]
WORK_MS = 20_000
_MOST_STEPS = 1_000


async def work_job(task: Task, *, steps: Mapping[JobKind, TakeStep], jobs: Jobs, tasks: Tasks, clock: Clock) -> Answer:
    """Each step is committed before the next. A task of an older epoch does nothing; of two workers the one whose
    commit comes second stops. A store that does not answer ends the call, and Cloud Tasks asks again."""
    found = await jobs.get(task.id)
    if found is None or found.value.state is not JobState.RUNNING or task.epoch < found.value.epoch:
        return Answer.DONE
    job, version = found.value, found.version
    until = clock.now() + WORK_MS
    try:
        for _ in range(_MOST_STEPS):
            step, job = await _taken(job, steps[job.kind], clock)
            again = job.state is JobState.RUNNING and (step.wait_ms > 0 or clock.now() >= until)
            if again:
                break
            version = await jobs.move(job, version)
            if job.state is not JobState.RUNNING:
                logs.event("job-ended", job=job.id, kind=job.kind.value, state=job.state.value, done=job.done)
                return Answer.DONE
        job = job.model_copy(update={"epoch": job.epoch + 1})
        await jobs.move(job, version)
    except Stale:
        return Answer.DONE
    await tasks.work(job.id, job.epoch, clock.now() + step.wait_ms if step.wait_ms else None)
    return Answer.DONE


async def _taken(job: Job, take: TakeStep, clock: Clock) -> tuple[Step, Job]:
    """The step, and the job after it. What asking again cannot mend ends the job."""
    try:
        step = await take(job, clock.now())
    except Unavailable:
        raise
    except PushError as error:
        logs.event("job-failed", "ERROR", job=job.id, kind=job.kind.value, error=error)
        return Step(None), failed(job, error.detail, clock.now())
    return step, after_step(job, step, clock.now())

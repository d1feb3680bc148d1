"""The `work` function: Cloud Tasks calls it for each background job, again and again until it is done, and for what
one call of `sweep` could not look at."""

from starlette.requests import Request
from starlette.responses import Response

from push.bootstrap import Container
from push.entrypoints.private import answered, read_task, serve
from push.entrypoints.sweep import did, swept_by
from push.usecases.job_steps import job_steps
from push.usecases.sweep import turn_of
from push.usecases.tasks import Answer
from push.usecases.work_job import work_job


async def work(request: Request) -> Response:
    return await serve(request, _work)


async def _work(request: Request, ports: Container) -> Response:
    task = await read_task(request)
    turn = turn_of(task)
    if turn is not None:
        return answered(Answer.DONE, **did(await swept_by(ports, turn)))
    answer = await work_job(task, steps=job_steps(ports), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)
    return answered(answer)

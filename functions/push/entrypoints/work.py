"""The `work` function: Cloud Tasks calls it for each background job, again and again until it is done."""

from starlette.requests import Request
from starlette.responses import Response

from push.bootstrap import Container
from push.entrypoints.private import answered, read_task, serve
from push.usecases.job_steps import job_steps
from push.usecases.work_job import work_job


async def work(request: Request) -> Response:
    return await serve(request, _work)


async def _work(request: Request, ports: Container) -> Response:
    answer = await work_job(
        await read_task(request), steps=job_steps(ports), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock
    )
    return answered(answer)

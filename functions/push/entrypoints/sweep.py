"""The `sweep` function: Cloud Scheduler calls it each minute."""

from starlette.requests import Request
from starlette.responses import Response

from push.bootstrap import Container
from push.entrypoints.private import answered, serve
from push.usecases.start_pruning import start_pruning
from push.usecases.sweep_jobs import sweep_jobs
from push.usecases.sweep_runs import sweep_runs
from push.usecases.tasks import Answer


async def sweep(request: Request) -> Response:
    return await serve(request, _sweep)


async def _sweep(_: Request, ports: Container) -> Response:
    looked_at = await sweep_runs(
        runs=ports.runs,
        ledger=ports.ledger,
        tasks=ports.tasks,
        ramp=ports.settings.ramp,
        lease_s=ports.settings.lease_s,
    )
    await start_pruning(jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)
    jobs = await sweep_jobs(jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)
    return answered(Answer.DONE, runs=looked_at, jobs=jobs)

"""The `send` function: Cloud Tasks calls it at a run's `sendOn`."""

from starlette.requests import Request
from starlette.responses import Response

from push.bootstrap import Container
from push.entrypoints.private import answered, read_task, serve
from push.usecases.start_run import start_run


async def send(request: Request) -> Response:
    return await serve(request, _send)


async def _send(request: Request, ports: Container) -> Response:
    answer = await start_run(
        await read_task(request),
        runs=ports.runs,
        ledger=ports.ledger,
        audience=ports.audience,
        tasks=ports.tasks,
        ramp=ports.settings.ramp,
    )
    return answered(answer)

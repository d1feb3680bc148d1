"""The `deliver` function: Cloud Tasks calls it for each shard. A process works on several at once, over one sender."""

import gc

from starlette.requests import Request
from starlette.responses import Response

from push.bootstrap import Container
from push.domain.budget import Budget
from push.entrypoints.private import answered, read_task, serve
from push.entrypoints.process import Process
from push.usecases.deliver_shard import deliver_shard
from push.usecases.tasks import Answer

_process: Process | None = None


async def deliver(request: Request) -> Response:
    return await serve(request, _deliver)


async def _deliver(request: Request, ports: Container) -> Response:
    process = _this_process(ports)
    task = await read_task(request)
    # What a caller says of its queue decides only which of the places it takes.
    urgent = request.headers.get("x-cloudtasks-queuename") == ports.settings.urgent_queue
    with process.taken(urgent) as worker:
        if worker is None:
            return answered(Answer.BUSY)
        answer = await deliver_shard(
            task,
            runs=ports.runs,
            ledger=ports.ledger,
            audience=ports.audience,
            sender=ports.sender,
            relay=ports.relay,
            tasks=ports.tasks,
            pace=ports.pace,
            clock=ports.clock,
            worker=worker,
        )
    return answered(answer)


def _this_process(ports: Container) -> Process:
    """Made on the first request: the module is imported before gunicorn forks."""
    global _process
    if _process is None:
        settings = ports.settings
        _look_for_garbage_rarely()
        _process = Process(Budget(settings.ramp, settings.deliver_instances), settings.lease_s)
        _process.watch_for_end(ports.sender.give_up, *([ports.relay.give_up] if ports.relay else []))
    return _process


def _look_for_garbage_rarely() -> None:
    """Pages go when nobody refers to them any more. Python would look through everything for circles besides, what was
    imported included, after every few hundred targets."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)

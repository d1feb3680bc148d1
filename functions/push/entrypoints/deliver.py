"""The `deliver` function: Cloud Tasks calls it for each shard. A process works on several at once, over one sender.

Shards from the urgent queue have places of their own, so that they never wait for a broadcast's.
"""

import os
import secrets
import signal
from types import FrameType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from push.bootstrap import Container
from push.entrypoints.private import answered, read_task, serve
from push.usecases.deliver_shard import deliver_shard
from push.usecases.tasks import Answer
from push.usecases.worker import Worker

SHARDS_AT_ONCE = 8
URGENT_AT_ONCE = 4


class _Process:
    """What this process is doing: how many shards, and whether it has been told to end."""

    def __init__(self) -> None:
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        # How many shards of the ordinary queue, and of the urgent one.
        self.shards = {False: 0, True: 0}
        self.stopping = False
        self._chained = False

    def watch_for_end(self) -> None:
        """On SIGTERM uvicorn waits for running requests without telling them: let each stop after its page."""
        if self._chained:
            return
        self._chained = True
        before: Any = signal.getsignal(signal.SIGTERM)

        def stop(number: int, frame: FrameType | None) -> None:
            self.stopping = True
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, stop)


_process: _Process | None = None


async def deliver(request: Request) -> Response:
    return await serve(request, _deliver)


async def _deliver(request: Request, ports: Container) -> Response:
    process = _this_process()
    process.watch_for_end()
    task = await read_task(request)
    # What a caller says of its queue decides only which of the places it takes.
    urgent = request.headers.get("x-cloudtasks-queuename") == ports.settings.urgent_queue
    if process.stopping or process.shards[urgent] >= (URGENT_AT_ONCE if urgent else SHARDS_AT_ONCE):
        return answered(Answer.BUSY)
    process.shards[urgent] += 1
    try:
        answer = await deliver_shard(
            task,
            runs=ports.runs,
            ledger=ports.ledger,
            audience=ports.audience,
            sender=ports.sender,
            relay=ports.relay,
            tasks=ports.tasks,
            clock=ports.clock,
            worker=Worker(f"{process.name}-{secrets.token_hex(4)}", ports.settings.lease_s, lambda: process.stopping),
        )
    finally:
        process.shards[urgent] -= 1
    return answered(answer)


def _this_process() -> _Process:
    """Made on the first request: the module is imported before gunicorn forks."""
    global _process
    if _process is None:
        _process = _Process()
    return _process

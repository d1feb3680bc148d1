"""What one process of `deliver` is doing: how many shards, how much of the quota, and whether it has to end."""

import asyncio
import os
import secrets
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from push.domain.budget import Budget
from push.usecases.worker import Worker

SHARDS_AT_ONCE = 8
# Beyond those: an urgent shard never waits for a broadcast's.
URGENT_AT_ONCE = 4
# Google kills 10 s after SIGTERM. By then what is known must be stored and the shards let go, which takes a commit.
GIVE_UP_AFTER_S = 6.0


class Process:
    """Belongs to the event loop that it is made in."""

    def __init__(self, budget: Budget, lease_s: float) -> None:
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._budget = budget
        self._lease_s = lease_s
        self._shards = {False: 0, True: 0}
        self._ending = asyncio.Event()

    @contextmanager
    def taken(self, urgent: bool) -> Iterator[Worker | None]:
        """A worker for a shard; None where there is no place, or no time."""
        if self._ending.is_set() or self._shards[urgent] >= (URGENT_AT_ONCE if urgent else SHARDS_AT_ONCE):
            yield None
            return
        self._shards[urgent] += 1
        try:
            yield Worker(f"{self._name}-{secrets.token_hex(4)}", self._lease_s, self._ending, self._budget)
        finally:
            self._shards[urgent] -= 1

    def watch_for_end(self, *give_up: Callable[[], None], after_s: float = GIVE_UP_AFTER_S) -> None:
        """On SIGTERM uvicorn waits for running requests without telling them: let each stop after its page. Each of
        `give_up` is called when they have had their time."""
        loop = asyncio.get_running_loop()
        before: Any = signal.getsignal(signal.SIGTERM)

        def stop(number: int, frame: FrameType | None) -> None:
            with suppress(RuntimeError):  # the loop has ended, and with it all work
                loop.call_soon_threadsafe(self._end, loop, give_up, after_s)
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, stop)

    def _end(self, loop: asyncio.AbstractEventLoop, give_up: Sequence[Callable[[], None]], after_s: float) -> None:
        if not self._ending.is_set():
            self._ending.set()
            for each in give_up:
                loop.call_later(after_s, each)

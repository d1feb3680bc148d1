"""Many small calls at the same time become few large ones, and more than can be done soon are refused."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from push.domain.errors import TooManyRequests

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]


class Gather(Generic[T, R]):
    """One a process. At most `at_once` batches of `size` are worked on, and `waiting` items wait for one.

    A batch is not waited for: whoever finds a free hand goes at once, and what comes meanwhile goes together.
    """

    def __init__(self, at_once: int, size: int, waiting: int) -> None:
        self._at_once = at_once
        self._size = size
        self._most = waiting
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._working: set[asyncio.Task[None]] = set()

    async def __call__(self, item: T, work: Work[T, R]) -> R:
        """What `work` answers for this item, after the whole of its batch. Raises TooManyRequests beyond the limits."""
        if len(self._waiting) >= self._most:
            raise TooManyRequests("more comes in than can be stored: try again in a second", 1)
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if len(self._working) < self._at_once:
            worker = asyncio.create_task(self._work(work))
            self._working.add(worker)
            worker.add_done_callback(self._working.discard)
        return await done

    async def _work(self, work: Work[T, R]) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._size, len(self._waiting)))]
            # Those whose caller has gone need not be done.
            batch = [(item, done) for item, done in batch if not done.done()]
            if not batch:
                continue
            try:
                answers = await work([item for item, _ in batch])
            except asyncio.CancelledError:
                for _, done in batch:
                    done.cancel()
                raise
            except Exception as error:  # noqa: BLE001  it belongs to those who wait, not to the worker
                answers = [error] * len(batch)
            for (_, done), answer in zip(batch, answers, strict=True):
                if done.done():
                    continue
                if isinstance(answer, Exception):
                    done.set_exception(answer)
                else:
                    done.set_result(answer)

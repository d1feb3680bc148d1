"""An event loop in which waiting takes no time: when everybody waits, its clock jumps to whoever wakes first."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from fakes.clock import FakeClock

T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise AssertionError("everybody waits, and nobody would ever wake")
        self.now += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class LoopClock(FakeClock):
    """The moment that the running loop's time means."""

    def now(self) -> int:
        return self.time + int(1_000 * asyncio.get_running_loop().time())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(whole: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(whole)

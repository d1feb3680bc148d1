"""An event loop in which waiting takes no time: when everybody waits, its clock jumps to whoever wakes first."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

from fakes.clock import FakeClock

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


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


class _Patient(_Jumping):
    working = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if not self.working or timeout == 0:
            return super().select(timeout)
        return selectors.DefaultSelector.select(self)


class ThreadsLoop(VirtualLoop):
    """Its clock stands still while a thread works for it, however long that takes on this machine."""

    def __init__(self) -> None:
        self._jumping = self._patient = _Patient()
        asyncio.SelectorEventLoop.__init__(self, self._jumping)

    def pass_s(self, seconds: float) -> None:
        """So much time passes. For a thread to say, while it works."""
        self._patient.now += seconds
        self.call_soon_threadsafe(lambda: None)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        self._patient.working += 1
        answer = super().run_in_executor(executor, func, *args)
        answer.add_done_callback(self._worked)
        return answer

    def _worked(self, _: Any) -> None:
        self._patient.working -= 1

    async def shutdown_default_executor(self) -> None:
        self._patient.working += 1
        await super().shutdown_default_executor()


class LoopClock(FakeClock):
    """The moment that the running loop's time means."""

    def now(self) -> int:
        return self.time + int(1_000 * asyncio.get_running_loop().time())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(whole: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(whole)


def run_with_threads(whole: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=ThreadsLoop) as runner:
        return runner.run(whole)

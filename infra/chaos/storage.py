"""Our own way to what the functions store, past the wire."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from infra.chaos.stage import Stage
from push.bootstrap import Container
from push.domain.errors import Unavailable
from push.settings import Settings

T = TypeVar("T")
_PATIENCE_S = 60.0


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """What is asked of a store that everybody has just been beating."""
    over = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return await ask()
        except Unavailable:
            if time.monotonic() > over:
                raise
            await asyncio.sleep(0.5)


@asynccontextmanager
async def stored(stage: Stage) -> AsyncIterator[Container]:
    with _environment("FIRESTORE_EMULATOR_HOST", stage.firestore):
        ports = Container(Settings.from_environment(stage.stack.env))
        try:
            yield ports
        finally:
            await ports.close()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Google's client looks for the emulator here and nowhere else."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before

"""Our own way to what the functions store, past the wire."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from infra.chaos.stage import Stage
from push.bootstrap import Container
from push.settings import Settings


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

"""Taking turns within one process, so that its own requests do not fight each other in the store."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

_STRIPES = 1024


class Turns:
    """Locks by name, over a fixed number of stripes: two names may share one and then only wait a little longer."""

    def __init__(self) -> None:
        self._stripes = [asyncio.Lock() for _ in range(_STRIPES)]

    @asynccontextmanager
    async def take(self, names: Iterable[str]) -> AsyncIterator[None]:
        """Always in the same order, so that nobody waits for somebody who waits for them."""
        async with AsyncExitStack() as held:
            for stripe in sorted({hash(name) % _STRIPES for name in names}):
                await held.enter_async_context(self._stripes[stripe])
            yield

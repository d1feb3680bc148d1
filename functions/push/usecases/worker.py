"""Who works on a shard: one call of `deliver`."""

import asyncio
from typing import NamedTuple

from push.domain.budget import Budget
from push.ports import Clock


class Worker(NamedTuple):
    """`name` is no other call's. `ending` is set when its process has been told to end; `budget` is its process's."""

    name: str
    lease_s: float
    ending: asyncio.Event
    budget: Budget

    @property
    def stopping(self) -> bool:
        return self.ending.is_set()

    async def rest(self, seconds: float, clock: Clock) -> None:
        """Until then, or until its process is told to end."""
        waiting = [asyncio.ensure_future(clock.sleep(seconds)), asyncio.ensure_future(self.ending.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

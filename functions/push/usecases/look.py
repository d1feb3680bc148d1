"""What one call of sweep looked at, and did or would do."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

# A call looks at so many runs and as many jobs; when there are more, another call goes on.
AT_ONCE = 100
_TOGETHER = 8


class Look(NamedTuple):
    """`what` is a run's state or a job's kind, None where it cannot be read. `moved`: it does not stand first in the
    line any more. `error` names what went wrong."""

    id: str
    what: str | None
    words: Sequence[str]
    moved: bool = False
    error: str | None = None


class Looks(NamedTuple):
    """`full`: as many were found as are looked at, so that there may be more."""

    looks: Sequence[Look] = ()
    full: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether it is of any use to go on at once: where nothing moves, the next call would find the same."""
        return self.full and any(look.moved for look in self.looks)


async def several_at_once(looks: Sequence[Callable[[], Awaitable[Look]]]) -> list[Look]:
    """Each of them, a few at a time, in the order of their answers' places. None of them may raise."""
    slots = asyncio.Semaphore(_TOGETHER)

    async def one(look: Callable[[], Awaitable[Look]]) -> Look:
        async with slots:
            return await look()

    return await asyncio.gather(*map(one, looks))

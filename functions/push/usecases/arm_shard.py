"""A shard gets its task."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from push.domain.run import Run
from push.ports import Tasks

_AT_ONCE = 50


async def arm_shard(run: Run, shard: str, at: int | None, *, tasks: Tasks, again: int = 0) -> None:
    """At a time (ms) or now, in the run's epoch and in the queue that is its own. One that exists stays as it is."""
    await tasks.deliver(run.id, shard, run.epoch, at, urgent=run.urgent, again=again)


async def arm_shards(
    run: Run, times: Mapping[str, int | None], *, tasks: Tasks, again: Mapping[str, int] = MappingProxyType({})
) -> None:
    """Each at its time (ms) or now: there may be thousands. Raises Unavailable when one could not be."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def arm(shard: str, at: int | None) -> None:
        async with slots:
            await arm_shard(run, shard, at, tasks=tasks, again=again.get(shard, 0))

    await asyncio.gather(*(arm(shard, at) for shard, at in times.items()))

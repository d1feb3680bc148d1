"""Tasks for shards of leftovers: what a page could not be rid of, and is to be tried again."""

import asyncio
from collections.abc import Sequence

from push import logs
from push.domain.run import Run
from push.domain.shard import Shard
from push.ports import Ledger, Tasks
from push.usecases.arm_shard import arm_shard

_AT_ONCE = 50


async def arm_leftovers(run: Run, shards: Sequence[Shard], *, tasks: Tasks) -> None:
    """A task for each, at its time; one that exists stays as it is."""
    for start in range(0, len(shards), _AT_ONCE):
        await asyncio.gather(*(_arm(run, shard, tasks) for shard in shards[start : start + _AT_ONCE]))


async def _arm(run: Run, shard: Shard, tasks: Tasks) -> None:
    try:
        await arm_shard(run, shard.id, shard.due_at, tasks=tasks)
    except Exception as error:  # noqa: BLE001
        # The shard is stored; sweep sees that nothing moves it.
        logs.event("leftovers-not-armed", "WARNING", error=error, run=run.id, shard=shard.id)


async def arm_open_leftovers(run: Run, *, ledger: Ledger, tasks: Tasks) -> None:
    """For who finds a shard that somebody else worked on: that one may have died before its leftovers got tasks."""
    async for page in ledger.open(run.id):
        await arm_leftovers(run, [found.value for found in page if not found.value.planned], tasks=tasks)

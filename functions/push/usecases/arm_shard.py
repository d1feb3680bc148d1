"""A shard gets its task."""

from push.domain.run import Run
from push.ports import Tasks


async def arm_shard(run: Run, shard: str, at: int | None, *, tasks: Tasks, again: int = 0) -> None:
    """At a time (ms) or now, in the run's epoch and in the queue that is its own. One that exists stays as it is."""
    await tasks.deliver(run.id, shard, run.epoch, at, urgent=run.urgent, again=again)

"""A shard that would have to wait lets its place go, and comes again later: nothing sleeps."""

import random

from push import logs
from push.domain.errors import Unavailable
from push.domain.pace import LONGEST_PAUSE_S, spread_s
from push.domain.run import Run
from push.domain.shard import Shard
from push.ports import Clock, Runs, Tasks
from push.usecases.arm_leftovers import arm_leftovers
from push.usecases.arm_shard import arm_shard
from push.usecases.keep_ledger import Hold
from push.usecases.tasks import Answer


async def requeue_shard(run: Run, hold: Hold, wait_s: float, *, runs: Runs, tasks: Tasks, clock: Clock) -> Answer:
    """DONE when it has a new task; BUSY when it has none, so that the old one comes again."""
    wait_s = min(wait_s, LONGEST_PAUSE_S)
    wait_s += spread_s(wait_s, random.random())  # noqa: S311
    await hold.pause(clock.now() + int(1000 * wait_s))
    # In the epoch that is in force by now: a task of an older one would find nothing to do.
    latest = await runs.get(run.id)
    run = latest.value if latest else run
    await arm_leftovers(run, hold.take_spilled(), tasks=tasks)
    return await arm_paused(run, hold.shard, tasks=tasks)


async def arm_paused(run: Run, shard: Shard, *, tasks: Tasks) -> Answer:
    """The task of a shard that pauses, by a name that no task of it has had: the same however often it is asked for."""
    try:
        await arm_shard(run, shard.id, shard.resume_at, tasks=tasks, again=shard.beats)
    except Unavailable as error:
        logs.event("shard-not-requeued", "WARNING", error=error, run=run.id, shard=shard.id)
        return Answer.BUSY
    return Answer.DONE

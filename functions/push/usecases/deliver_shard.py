"""`deliver`: claim a shard, send it, and see to what comes after its end."""

from contextlib import suppress

from push import logs
from push.domain.errors import Stale, Unavailable
from push.domain.run import Run
from push.domain.schedule import State
from push.domain.shard import Shard
from push.ports import AudienceStore, Clock, Ledger, Pace, Relay, Runs, Sender, Tasks
from push.usecases.arm_leftovers import arm_leftovers, arm_open_leftovers
from push.usecases.claim_shard import claim_shard
from push.usecases.finish_run import finish_run
from push.usecases.keep_ledger import Hold
from push.usecases.requeue_shard import arm_paused
from push.usecases.send_shard import send_shard
from push.usecases.tasks import Answer, Task
from push.usecases.worker import Worker


async def deliver_shard(
    task: Task,
    *,
    runs: Runs,
    ledger: Ledger,
    audience: AudienceStore,
    sender: Sender,
    relay: Relay | None,
    tasks: Tasks,
    pace: Pace,
    clock: Clock,
    worker: Worker,
) -> Answer:
    """BUSY while somebody else has the shard, and when it was let go before its end."""
    found = await runs.get(task.run)
    if found is None or task.epoch < found.value.epoch or found.value.state is not State.SENDING:
        return Answer.DONE
    run = found.value
    logs.follow(run.traceparent)
    try:
        hold = await claim_shard(run, task.shard, ledger=ledger, worker=worker, now=clock.now())
    except LookupError:
        logs.event("no-such-shard", "ERROR", run=run.id, shard=task.shard)
        return Answer.DONE
    if hold is None:
        return Answer.BUSY
    if isinstance(hold, Shard) and not hold.done:
        # A task that came again; the one that it was put off to may not have been made.
        return await arm_paused(run, hold, tasks=tasks)
    if isinstance(hold, Shard):
        # Its worker may have died between the last commit and what follows it.
        await arm_open_leftovers(run, ledger=ledger, tasks=tasks)
        await finish_run(run, runs=runs, ledger=ledger)
        return Answer.DONE
    try:
        if hold.taken_over:
            await arm_open_leftovers(run, ledger=ledger, tasks=tasks)
        answer = await send_shard(
            run, hold, runs=runs, ledger=ledger, audience=audience, sender=sender, relay=relay, tasks=tasks, pace=pace,
            clock=clock, worker=worker,
        )  # fmt: skip
    except Stale:
        return Answer.BUSY
    except Exception:
        with suppress(Stale, Unavailable):
            await hold.let_go()
        raise
    if hold.shard.done:
        await _after(run, hold, runs=runs, ledger=ledger, tasks=tasks)
    return answer


async def _after(run: Run, hold: Hold, *, runs: Runs, ledger: Ledger, tasks: Tasks) -> None:
    """A done shard's leftovers get their tasks, in the epoch that is in force by now."""
    latest = await runs.get(run.id)
    await arm_leftovers(latest.value if latest else run, hold.take_spilled(), tasks=tasks)
    await finish_run(run, runs=runs, ledger=ledger)

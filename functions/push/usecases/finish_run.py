"""The last shard is done: sum up, and say so."""

from push import logs
from push.domain.results import known
from push.domain.run import Run, add, totals
from push.domain.schedule import State
from push.ports import Ledger, Runs
from push.usecases.move_run import move_run


async def finish_run(run: Run, *, runs: Runs, ledger: Ledger) -> bool:
    """Marks the run sent once every shard is done, with totals read from the shards. Whether it is."""
    if not await ledger.finished(run.id, run.shards):
        return False
    now = await runs.now()
    counts: dict[str, int] = {}
    reasons: dict[str, int] = {}
    shards = await ledger.all(run.id)
    for shard in shards:
        counts = add(counts, shard.value.counts)
        reasons = add(reasons, shard.value.reasons)
    first, last = known([(shard.value, now - shard.age_ms) for shard in shards])

    def sent(current: Run) -> Run | None:
        if current.state is not State.SENDING:
            return None
        return current.model_copy(
            update={
                "state": State.SENT,
                "sent_at": now,
                "wake_at": None,
                "first_known_at": first,
                "last_known_at": last,
                "counts": totals(counts),
                "reasons": reasons,
            }
        )

    await move_run(run.id, sent, runs=runs)
    logs.event("run-sent", run=run.id, schedule=run.schedule, counts=totals(counts))
    return True

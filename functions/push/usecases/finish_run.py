"""The last shard is done: sum up, and say so."""

from push import logs
from push.domain.run import Run, totals
from push.domain.schedule import State
from push.ports import Ledger, Runs, Sums
from push.usecases.move_run import move_run


async def finish_run(run: Run, *, runs: Runs, ledger: Ledger) -> bool:
    """Marks the run sent once every shard is done, with totals read from the shards. Whether it is."""
    if not await ledger.finished(run.id, run.planned):
        return False
    now = await runs.now()
    sums = await ledger.sums(run.id)

    def sent(current: Run) -> Run | None:
        if current.state is not State.SENDING:
            return None
        return current.model_copy(update=_amounts(sums) | {"state": State.SENT, "sent_at": now, "ended_at": now})

    await move_run(run.id, sent, runs=runs)
    logs.event("run-sent", run=run.id, schedule=run.schedule, counts=totals(sums.counts))
    return True


async def sum_up(run: Run, *, runs: Runs, ledger: Ledger) -> None:
    """Stores what an ended run amounts to, a while after its end: workers had a page each to finish."""
    sums = await ledger.sums(run.id)

    def summed(current: Run) -> Run | None:
        return None if current.live else current.model_copy(update=_amounts(sums))

    await move_run(run.id, summed, runs=runs)


def _amounts(sums: Sums) -> dict[str, object]:
    return {
        "wake_at": None,
        "first_known_at": sums.first_at,
        "last_known_at": sums.last_at,
        "counts": totals(sums.counts),
        "reasons": sums.reasons,
    }

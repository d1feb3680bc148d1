"""The last shard is done: sum up, and say so."""

from push import logs
from push.domain.run import Run, totals
from push.domain.schedule import State
from push.ports import AudienceStore, Ledger, Runs, Sums
from push.usecases.close_shards import close_shards
from push.usecases.move_run import move_run


async def finish_run(run: Run, *, runs: Runs, ledger: Ledger) -> bool:
    """Marks the run sent once every shard is done, with totals read from the shards. Whether it is."""
    if not await ledger.finished(run.id, run.planned):
        return False
    await mark_sent(run, runs=runs, ledger=ledger)
    return True


async def mark_sent(run: Run, *, runs: Runs, ledger: Ledger) -> None:
    """Of a run whose shards are all done; one that was moved on meanwhile stays as it is."""
    now = await runs.now()
    sums = await ledger.sums(run.id)

    def sent(current: Run) -> Run | None:
        if current.state is not State.SENDING:
            return None
        return current.model_copy(update=_amounts(sums) | {"state": State.SENT, "sent_at": now, "ended_at": now})

    await move_run(run.id, sent, runs=runs)


async def sum_up(run: Run, *, runs: Runs, ledger: Ledger, audience: AudienceStore) -> bool:
    """Stores what a run that ended or was halted amounts to, once its workers have stopped. False: there is more to
    close than one call has time for, so that another has to go on.

    What they left open is unknown for good, unless the run may still go on. Raises Stale when somebody writes any of it
    meanwhile: then it is looked at again."""
    if run.state is not State.HALTED and not await close_shards(run, ledger=ledger, audience=audience):
        return False
    sums = await ledger.sums(run.id)

    def summed(current: Run) -> Run | None:
        if current.live:
            return None
        # A halted one is looked at once more, when it can no longer be resumed.
        wake_at = current.expires_at if current.state is State.HALTED else None
        return current.model_copy(update=_amounts(sums) | {"wake_at": wake_at})

    moved = await move_run(run.id, summed, runs=runs)
    if moved is not None and not moved.live:
        logs.event("run-summed-up", run=run.id, schedule=run.schedule, state=moved.state.value, counts=moved.counts)
    return True


def _amounts(sums: Sums) -> dict[str, object]:
    return {
        "wake_at": None,
        "first_known_at": sums.first_at,
        "last_known_at": sums.last_at,
        "counts": totals(sums.counts),
        "reasons": sums.reasons,
    }

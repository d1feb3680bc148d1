"""What became of a notification: counted by the ledger, reported by phones."""

import asyncio
from collections.abc import Sequence

from push.domain.errors import NotFound
from push.domain.ids import plausible
from push.domain.results import Results, rates, timings
from push.domain.run import totals
from push.domain.shard import Counts
from push.ports import Activity, Clock, Ledger, Runs, Schedules

# Schedules that are read at the same time when many are asked for.
_AT_ONCE = 8


async def read_results(
    id: str, *, schedules: Schedules, runs: Runs, ledger: Ledger, activity: Activity, clock: Clock
) -> Results:
    """A finished run says all of it itself; of one on its way the ledger is summed up. Raises NotFound."""
    schedule = await schedules.get(id) if plausible(id) else None
    if schedule is None:
        raise NotFound("no such schedule")
    found, tally = await asyncio.gather(runs.get(id), activity.tally(id))
    run = found.value if found else None
    counts: Counts = schedule.counts or {}
    reasons: Counts = {}
    now = clock.now()
    first, last = (run.first_known_at, run.last_known_at) if run else (None, None)
    if run is not None and run.counts is not None:
        counts, reasons = run.counts, run.reasons or {}
    elif run is not None and run.shards:
        sums = await ledger.sums(id)
        counts, reasons, first, last = sums.counts, sums.reasons, sums.first_at, sums.last_at
    if run is not None:
        schedule = schedule.model_copy(update={"state": run.state, "sent_at": run.sent_at, "reason": run.reason})
    summed = totals(counts)
    return Results(
        schedule,
        summed,
        reasons,
        tally,
        rates(summed["accepted"], tally, schedule.receipts),
        timings(schedule, run, first, last),
        min(now, tally.as_of) if tally else now,
    )


async def search_results(
    ids: Sequence[str], *, schedules: Schedules, runs: Runs, ledger: Ledger, activity: Activity, clock: Clock
) -> tuple[list[Results], list[str]]:
    """The results of those that exist, in the order asked for, and the ids of those that do not."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(id: str) -> Results | None:
        async with slots:
            try:
                return await read_results(
                    id, schedules=schedules, runs=runs, ledger=ledger, activity=activity, clock=clock
                )
            except NotFound:
                return None

    found = await asyncio.gather(*(one(id) for id in ids))
    return [each for each in found if each], [id for id, each in zip(ids, found, strict=True) if each is None]

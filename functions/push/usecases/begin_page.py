"""What comes before a page: its share of the quota, a look at its run and project, and the ledger's mark."""

import asyncio
from collections.abc import Sequence

from push.domain.page import Entry
from push.domain.rendering import FCM_PLATFORMS
from push.domain.run import Run
from push.ports import Clock, Pace, Runs
from push.usecases.allow_page import Allowed, allow_page
from push.usecases.keep_ledger import Hold
from push.usecases.worker import Worker

# Longer than that no share is waited for: the shard's place is worth more to others.
LONGEST_WAIT_S = 5.0


async def begin_page(
    run: Run, hold: Hold, entries: Sequence[Entry], *, runs: Runs, pace: Pace, clock: Clock, worker: Worker
) -> Allowed | None:
    """None when the run has ended. With `wait_s` the page is not to be sent now, nor once the worker is ending."""
    wait_s = await _take_turn(run, entries, clock, worker)
    if wait_s or worker.stopping:
        return Allowed(run, wait_s)
    _, allowed = await asyncio.gather(
        hold.start_page(entries), allow_page(run, runs=runs, pace=pace, clock=clock, worker=worker)
    )
    return allowed


async def _take_turn(run: Run, entries: Sequence[Entry], clock: Clock, worker: Worker) -> float:
    """Waits until these may go; then 0. Seconds after which to ask again, where that would take too long."""
    now = clock.now()
    messages = sum(entry.target is not None and entry.target.platform in FCM_PLATFORMS for entry in entries)
    running_s = (now - (run.began_at or now)) / 1000
    # Who may use a tenth of the quota for now pays ten times as much of it.
    cost = messages / worker.budget.ramp.share(run.estimate or 0, running_s)
    wait_s = worker.budget.reserve(run.firebase_project, cost, run.urgent, now, LONGEST_WAIT_S)
    if wait_s > LONGEST_WAIT_S:
        return wait_s
    if wait_s > 0:
        await worker.rest(wait_s, clock)
    return 0.0

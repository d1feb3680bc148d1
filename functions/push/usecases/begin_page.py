"""What comes before a page: its share of the quota, a look at its run and project, and the ledger's mark."""

import asyncio
from collections.abc import Sequence

from push.domain.page import Entry
from push.domain.rendering import FCM_PLATFORMS
from push.domain.run import Run
from push.domain.shard import PAGE_SIZE, Shard, Source
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
    before = clock.now()
    # One that was inherited may have grown; what no bucket holds would wait for ever.
    wait_s = await _take_turn(run, min(PAGE_SIZE, _messages(run, entries)), clock, worker)
    hold.waited_ms += clock.now() - before
    if wait_s or worker.stopping:
        return Allowed(run, wait_s)
    _, allowed = await asyncio.gather(
        hold.start_page(entries, run.halted_renderings),
        allow_page(run, runs=runs, pace=pace, clock=clock, worker=worker),
    )
    hold.waited_ms += allowed.rested_ms if allowed else 0
    if allowed and not allowed.wait_s and not worker.stopping:
        sent = _messages(allowed.run, entries)
        hold.quota_ms += 60_000 * sent / worker.budget.quota_per_minute(run.firebase_project)
    return allowed


def turn_is_far_s(run: Run, shard: Shard, clock: Clock, worker: Worker) -> float:
    """Seconds after which to come again, where even the first page of a range would have to wait too long: then nobody
    need be read for it, who would be read again. 0 otherwise."""
    if shard.source is not Source.RANGE:
        return 0.0
    page = min(PAGE_SIZE, (run.estimate or 0) / (run.shards or 1))
    now = clock.now()
    wait_s = worker.budget.wait_s(run.firebase_project, _cost(run, page, now, worker), run.urgent, now)
    return wait_s if wait_s > LONGEST_WAIT_S else 0.0


async def _take_turn(run: Run, messages: int, clock: Clock, worker: Worker) -> float:
    """Waits until so many may go; then 0. Seconds after which to ask again, where that would take too long."""
    now = clock.now()
    cost = _cost(run, messages, now, worker)
    wait_s = worker.budget.reserve(run.firebase_project, cost, run.urgent, now, LONGEST_WAIT_S)
    if wait_s > LONGEST_WAIT_S:
        return wait_s
    if wait_s > 0:
        await worker.rest(wait_s, clock)
    return 0.0


def _messages(run: Run, entries: Sequence[Entry]) -> int:
    """How many of a page go to FCM: not who is left out, nor whose rendering is halted."""
    platforms = {*FCM_PLATFORMS} - {*run.halted_renderings}
    return sum(not entry.note and entry.target is not None and entry.target.platform in platforms for entry in entries)


def _cost(run: Run, messages: float, now: int, worker: Worker) -> float:
    """Who may use a tenth of the quota for now pays ten times as much of it."""
    running_s = (now - (run.began_at or now)) / 1000
    return messages / worker.budget.ramp.share(run.estimate or 0, running_s)

"""One shard, page by page, from wherever its ledger stands."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import aclosing

from push import logs
from push.domain.outcome import ACCEPTED
from push.domain.page import Entry, settle
from push.domain.run import Run
from push.ports import AudienceStore, Clock, Ledger, Pace, Relay, Runs, Sender, Tasks
from push.usecases.allow_page import allow_page
from push.usecases.arm_leftovers import arm_leftovers
from push.usecases.begin_page import begin_page, turn_is_far_s
from push.usecases.halt_run import halt_renderings, halt_run
from push.usecases.heed_quota import heed_quota
from push.usecases.keep_ledger import Hold
from push.usecases.log_page import log_first_page, log_lost_answers
from push.usecases.read_shard import read_pages
from push.usecases.requeue_shard import requeue_shard
from push.usecases.send_page import HaltWatch, send_page, without_credential
from push.usecases.tasks import Answer
from push.usecases.watch_canary import watched_canary
from push.usecases.worker import Worker


async def send_shard(
    run: Run,
    hold: Hold,
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
    """BUSY when it was let go before its end; DONE at its end, when the run has ended, or when it was put off and has a
    task for later. Raises Stale once somebody else has the shard."""
    watch = HaltWatch(hold.shard.source)
    dead: Sequence[Entry] = ()
    # Nothing is read for a project that pauses, or whose quota is used up.
    allowed = await allow_page(run, runs=runs, pace=pace, clock=clock, worker=worker)
    if allowed is None:
        await hold.let_go()
        return Answer.DONE
    hold.waited_ms += allowed.rested_ms
    wait_s = allowed.wait_s or turn_is_far_s(run, hold.shard, clock, worker)
    if wait_s:
        return await requeue_shard(run, hold, wait_s, runs=runs, tasks=tasks, clock=clock)
    async with (
        hold.kept(),
        watched_canary(run, hold.shard, audience=audience, runs=runs, ledger=ledger, tasks=tasks) as canary,
        aclosing(
            read_pages(run, hold.shard, audience=audience, runs=runs, ledger=ledger, ending=worker.ending)
        ) as pages,
    ):
        async for entries in pages:
            allowed = await begin_page(run, hold, entries, runs=runs, pace=pace, clock=clock, worker=worker)
            if worker.stopping or allowed is None:
                await hold.let_go()
                return Answer.BUSY if worker.stopping else Answer.DONE
            if allowed.wait_s:
                break
            await hold.sending()
            if hold.at_its_first_page:
                log_first_page(allowed.run, hold.shard, clock.now())
            # The dead of the page before go only now: the commit that records them has been written.
            beside = asyncio.gather(
                _remove(run, dead, audience), arm_leftovers(allowed.run, hold.take_spilled(), tasks=tasks)
            )
            seen = canary.page(entries) if canary else None
            outcomes = await send_page(
                allowed.run, entries, sender=sender, relay=relay, now=clock.now(), watch=seen
            )  # fmt: skip
            await beside
            settled = settle(allowed.run, hold.shard, entries, outcomes, clock.now(), random.random())  # noqa: S311
            rejected = watch.see(allowed.run, entries, outcomes)
            hold.settle(settled, good={platform.value for platform in watch.good})
            dead = settled.dead
            trouble = outcomes.count(ACCEPTED) < len(outcomes)
            if trouble:
                log_lost_answers(hold.shard, outcomes)
                await heed_quota(run.firebase_project, outcomes, pace=pace, clock=clock)
            if trouble and any(outcome.refuses_project for outcome in outcomes):
                await halt_run(allowed.run, outcomes, runs=runs)
                await hold.let_go()
                return Answer.DONE
            if canary and seen:
                await canary.page_over(seen, outcomes)
            if trouble:
                refused = without_credential(entries, outcomes)
                await halt_renderings(allowed.run, rejected, refused, runs=runs, ledger=ledger)
        else:
            if canary:
                # Before the shard is done: who finds it done knows that it is decided, or that leftovers will be it.
                await canary.over(again=hold.goes_on)
            await hold.finish()
    answer = Answer.DONE
    if allowed.wait_s:
        answer = await requeue_shard(run, hold, allowed.wait_s, runs=runs, tasks=tasks, clock=clock)
    await _remove(run, dead, audience)
    return answer


async def _remove(run: Run, dead: Sequence[Entry], audience: AudienceStore) -> None:
    """Nothing that goes wrong here may disturb the page that is being sent beside it."""
    if not dead:
        return
    try:
        await audience.remove(run.app, dead)
    except Exception as error:  # noqa: BLE001
        # The next sending finds them dead again.
        logs.event("dead-not-removed", "ERROR", error=error, run=run.id, targets=len(dead))

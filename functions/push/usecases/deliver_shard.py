"""`deliver`: one shard, page by page, each target once (design §4)."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress

from push import logs
from push.domain.device import Platform
from push.domain.errors import Stale, Unavailable
from push.domain.outcome import Outcome
from push.domain.page import Entry, settle
from push.domain.run import Run, Shard
from push.domain.schedule import State
from push.ports import AudienceStore, Clock, Ledger, Runs, Sender, Tasks
from push.usecases.finish_run import finish_run
from push.usecases.keep_ledger import Hold, claim
from push.usecases.move_run import end_run, move_run
from push.usecases.read_shard import read_pages
from push.usecases.send_page import HaltWatch, misconfigured, send_page
from push.usecases.tasks import Answer, Task


async def deliver_shard(
    task: Task,
    *,
    runs: Runs,
    ledger: Ledger,
    audience: AudienceStore,
    sender: Sender,
    tasks: Tasks,
    clock: Clock,
    worker: str,
    lease_s: float,
    stopping: Callable[[], bool],
) -> Answer:
    """BUSY while somebody else has the shard, and when it was let go before its end."""
    found = await runs.get(task.run)
    if found is None or task.epoch < found.value.epoch or found.value.state is not State.SENDING:
        return Answer.DONE
    run = found.value
    try:
        hold = await claim(
            run, task.shard, ledger=ledger, runs=runs, worker=worker, lease_s=lease_s, now=clock.now()
        )  # fmt: skip
    except LookupError:
        logs.event("no-such-shard", "ERROR", run=run.id, shard=task.shard)
        return Answer.DONE
    if hold is None:
        return Answer.BUSY
    if isinstance(hold, Shard):
        # Its worker may have died between the last commit and what follows it.
        await _arm_leftovers(run, await _open_leftovers(run, ledger), tasks)
        await finish_run(run, runs=runs, ledger=ledger)
        return Answer.DONE
    if hold.shard.attempt > 1:
        await _arm_leftovers(run, await _open_leftovers(run, ledger), tasks)
    try:
        answer = await _deliver(
            run, hold, runs=runs, audience=audience, sender=sender, tasks=tasks, clock=clock, stopping=stopping
        )
    except Stale:
        return Answer.BUSY
    except Exception:
        with suppress(Stale, Unavailable):
            await hold.abandon()
        raise
    if hold.shard.done:
        await finish_run(run, runs=runs, ledger=ledger)
    return answer


async def _deliver(
    run: Run,
    hold: Hold,
    *,
    runs: Runs,
    audience: AudienceStore,
    sender: Sender,
    tasks: Tasks,
    clock: Clock,
    stopping: Callable[[], bool],
) -> Answer:
    watch = HaltWatch()
    dead: Sequence[Entry] = ()
    async with hold.kept(), aclosing(read_pages(run, hold.shard, audience=audience, runs=runs)) as pages:
        async for entries in pages:
            if stopping():
                await hold.release()
                return Answer.BUSY
            _, current = await asyncio.gather(hold.start_page(entries), _still_sending(run, runs, clock))
            if current is None:
                await hold.release()
                return Answer.DONE
            # The dead of the page before go only now: the commit that records them has been written.
            outcomes, _, _ = await asyncio.gather(
                send_page(current, entries, sender=sender, now=clock.now()),
                _remove(run, dead, audience),
                _arm_leftovers(run, hold.take_spilled(), tasks),
            )
            settled = settle(run, hold.shard, entries, outcomes, clock.now(), random.random())  # noqa: S311
            hold.settle(settled)
            dead = settled.dead
            if await _halted(run, entries, outcomes, watch, runs):
                await hold.release()
                return Answer.DONE
        await hold.finish()
    await _remove(run, dead, audience)
    await _arm_leftovers(run, hold.take_spilled(), tasks)
    return Answer.DONE


async def _remove(run: Run, dead: Sequence[Entry], audience: AudienceStore) -> None:
    if not dead:
        return
    try:
        await audience.remove(run.app, dead)
    except Unavailable as error:
        # The next sending finds them dead again.
        logs.event("dead-not-removed", "WARNING", run=run.id, targets=len(dead), error=error)


async def _still_sending(run: Run, runs: Runs, clock: Clock) -> Run | None:
    """The run as it is now, for the page about to be sent; None when it was cancelled, halted or has expired."""
    found = await runs.get(run.id)
    if found is None or found.value.state is not State.SENDING:
        return None
    if clock.now() >= run.expires_at:
        await end_run(run.id, State.EXPIRED, "expired while it was being sent", runs=runs)
        return None
    return found.value


async def _halted(
    run: Run, entries: Sequence[Entry], outcomes: Sequence[Outcome], watch: HaltWatch, runs: Runs
) -> bool:
    """Whether the run is over because nothing of its project can be sent; a bad rendering alone is only left out."""
    code = misconfigured(outcomes)
    if code is not None:
        await end_run(run.id, State.HALTED, f"FCM refuses project {run.firebase_project}: {code}", runs=runs)
        return True
    bad = watch.see(entries, outcomes)
    if bad:
        await _halt_renderings(run, bad, runs)
    return False


async def _halt_renderings(run: Run, bad: set[Platform], runs: Runs) -> None:
    def halt(current: Run) -> Run | None:
        together = {*current.halted_renderings, *(platform.value for platform in bad)}
        if together == {*current.halted_renderings}:
            return None
        return current.model_copy(update={"halted_renderings": tuple(sorted(together))})

    await move_run(run.id, halt, runs=runs)


async def _open_leftovers(run: Run, ledger: Ledger) -> list[Shard]:
    return [found.value for found in await ledger.all(run.id) if not found.value.planned and not found.value.done]


async def _arm_leftovers(run: Run, shards: Sequence[Shard], tasks: Tasks) -> None:
    """A task for each shard of leftovers, at its time; one that exists stays as it is."""
    for shard in shards:
        try:
            await tasks.deliver(run.id, shard.id, run.epoch, shard.due_at)
        except Unavailable as error:
            # The shard is stored; sweep sees that nothing moves it.
            logs.event("leftovers-not-armed", "WARNING", run=run.id, shard=shard.id, error=error)

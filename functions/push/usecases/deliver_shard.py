"""`deliver`: one shard, page by page, each target once (design §4)."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress

from push import logs
from push.domain.device import Platform
from push.domain.errors import Stale, Unavailable
from push.domain.page import Entry, settle
from push.domain.run import Run, Shard
from push.domain.schedule import State
from push.ports import AudienceStore, Clock, Ledger, Runs, Sender, Tasks
from push.usecases.finish_run import finish_run
from push.usecases.keep_ledger import Hold, claim
from push.usecases.move_run import end_run, move_run
from push.usecases.read_shard import read_pages
from push.usecases.send_page import HaltWatch, misconfigured, send_page, without_credential
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
        await _arm(run, await _open_leftovers(run, ledger), tasks)
        await finish_run(run, runs=runs, ledger=ledger)
        return Answer.DONE
    try:
        if hold.shard.attempt > 1:
            await _arm(run, await _open_leftovers(run, ledger), tasks)
        answer = await _deliver(
            run, hold, runs=runs, ledger=ledger, audience=audience, sender=sender, tasks=tasks, clock=clock,
            stopping=stopping,
        )  # fmt: skip
    except Stale:
        return Answer.BUSY
    except Exception:
        with suppress(Stale, Unavailable):
            await hold.let_go()
        raise
    if hold.shard.done:
        await _after(run, hold, runs, ledger, tasks)
    return answer


async def _after(run: Run, hold: Hold, runs: Runs, ledger: Ledger, tasks: Tasks) -> None:
    """A done shard's leftovers get their tasks, in the epoch that is in force by now."""
    latest = await runs.get(run.id)
    await _arm(latest.value if latest else run, hold.take_spilled(), tasks)
    await finish_run(run, runs=runs, ledger=ledger)


async def _deliver(
    run: Run,
    hold: Hold,
    *,
    runs: Runs,
    ledger: Ledger,
    audience: AudienceStore,
    sender: Sender,
    tasks: Tasks,
    clock: Clock,
    stopping: Callable[[], bool],
) -> Answer:
    watch = HaltWatch(hold.shard.source)
    dead: Sequence[Entry] = ()
    async with hold.kept(), aclosing(read_pages(run, hold.shard, audience=audience, runs=runs)) as pages:
        async for entries in pages:
            if stopping():
                await hold.let_go()
                return Answer.BUSY
            _, current = await asyncio.gather(hold.start_page(entries), _still_sending(run, runs, clock))
            if current is None:
                await hold.let_go()
                return Answer.DONE
            # The dead of the page before go only now: the commit that records them has been written.
            beside = asyncio.gather(_remove(run, dead, audience), _arm(current, hold.take_spilled(), tasks))
            hold.sending()
            outcomes = await send_page(current, entries, sender=sender, now=clock.now())
            await beside
            settled = settle(current, hold.shard, entries, outcomes, clock.now(), random.random())  # noqa: S311
            halt = watch.see(entries, outcomes)
            hold.settle(settled, good={platform.value for platform in watch.good})
            dead = settled.dead
            code = misconfigured(outcomes)
            if code is not None:
                reason = f"FCM refuses project {run.firebase_project}: {code}"
                await end_run(run.id, State.HALTED, reason, runs=runs)
                await hold.let_go()
                return Answer.DONE
            await _halt(run, halt, without_credential(entries, outcomes), runs, ledger)
        await hold.finish()
    await _remove(run, dead, audience)
    return Answer.DONE


async def _remove(run: Run, dead: Sequence[Entry], audience: AudienceStore) -> None:
    """Nothing that goes wrong here may disturb the page that is being sent beside it."""
    if not dead:
        return
    try:
        await audience.remove(run.app, dead)
    except Exception as error:  # noqa: BLE001
        # The next sending finds them dead again.
        logs.event("dead-not-removed", "ERROR", error=error, run=run.id, targets=len(dead))


async def _still_sending(run: Run, runs: Runs, clock: Clock) -> Run | None:
    """The run as it is now, for the page about to be sent; None when it was cancelled, halted or has expired."""
    found = await runs.get(run.id)
    if found is None or found.value.state is not State.SENDING:
        return None
    if clock.now() >= run.expires_at:
        await end_run(run.id, State.EXPIRED, "expired while it was being sent", runs=runs)
        return None
    return found.value


async def _halt(run: Run, rejected: set[Platform], refused: set[Platform], runs: Runs, ledger: Ledger) -> None:
    """Halts renderings: those that lack a credential, and those rejected for everybody that no shard had accepted."""
    if rejected:
        good = (await ledger.sums(run.id)).good
        rejected = {platform for platform in rejected if platform.value not in good}
    bad = {platform.value for platform in rejected | refused}
    if not bad:
        return

    def halt(current: Run) -> Run | None:
        together = {*current.halted_renderings, *bad}
        if together == {*current.halted_renderings}:
            return None
        return current.model_copy(update={"halted_renderings": tuple(sorted(together))})

    await move_run(run.id, halt, runs=runs)


async def _open_leftovers(run: Run, ledger: Ledger) -> list[Shard]:
    return [found.value for found in await ledger.open(run.id) if not found.value.planned]


async def _arm(run: Run, shards: Sequence[Shard], tasks: Tasks) -> None:
    """A task for each shard of leftovers, at its time; one that exists stays as it is."""
    for shard in shards:
        try:
            await tasks.deliver(run.id, shard.id, run.epoch, shard.due_at)
        except Exception as error:  # noqa: BLE001
            # The shard is stored; sweep sees that nothing moves it.
            logs.event("leftovers-not-armed", "WARNING", error=error, run=run.id, shard=shard.id)

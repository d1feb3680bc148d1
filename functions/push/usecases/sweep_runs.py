"""`sweep`: whatever is due and not moving. What a crash between two steps left behind is picked up here."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from push import logs
from push.domain.errors import Stale, Unavailable
from push.domain.pace import Ramp
from push.domain.run import WATCH_MS, Run
from push.domain.schedule import State
from push.ports import AudienceStore, Clock, Ledger, Runs, Tasks, Unreadable, Versioned
from push.usecases import plan_move
from push.usecases.arm_shard import arm_shards
from push.usecases.finish_run import mark_sent, sum_up
from push.usecases.look import AT_ONCE, Look, Looks, several_at_once
from push.usecases.move_run import change_state
from push.usecases.plan_move import LATER, After, Move


async def sweep_runs(
    *,
    clock: Clock,
    runs: Runs,
    ledger: Ledger,
    audience: AudienceStore,
    tasks: Tasks,
    ramp: Ramp,
    lease_s: float,
    dry: bool = False,
) -> Looks:
    """Looks at the runs whose time to be looked at has come, earliest first, a hundred at most, and moves each on;
    `dry`, it only says what it would do. One bad run never stops the others. One read where there is none."""
    due = await runs.due(clock.now(), AT_ONCE)
    if not due.total:
        return Looks()
    now = await runs.now()
    sweeper = _Sweeper(now, dry, runs, ledger, audience, tasks, ramp, lease_s)
    # This machine's clock asked; the store's decides.
    found = [each for each in due.found if (each.value.wake_at or now) <= now]
    looks: list[Callable[[], Awaitable[Look]]] = [partial(sweeper.look, each) for each in found]
    looks += [partial(sweeper.put_off, each) for each in due.unreadable]
    return Looks(await several_at_once(looks), full=due.total >= AT_ONCE)


class _Sweeper:
    """One call's looks. `now` is the store's time (ms)."""

    def __init__(
        self,
        now: int,
        dry: bool,
        runs: Runs,
        ledger: Ledger,
        audience: AudienceStore,
        tasks: Tasks,
        ramp: Ramp,
        lease_s: float,
    ) -> None:
        self._now = now
        self._dry = dry
        self._runs = runs
        self._ledger = ledger
        self._audience = audience
        self._tasks = tasks
        self._ramp = ramp
        self._lease_s = lease_s

    async def look(self, found: Versioned[Run]) -> Look:
        """In the run's own trace, whoever made the call that looks after many."""
        with logs.followed(found.value.traceparent):
            return await self._look(found)

    async def _look(self, found: Versioned[Run]) -> Look:
        run = found.value
        try:
            move = await self._decided(run)
            if not self._dry:
                await self._do(found, move)
        except Stale:
            return Look(run.id, run.state, ["moved by somebody else"])
        except Exception as error:  # noqa: BLE001  one bad run must not keep the others from being looked at
            logs.event("sweep-failed", "ERROR", error=error, run=run.id)
            moved = await self._later(run.id, found.version)
            return Look(run.id, run.state, [LATER], moved=moved, error=type(error).__name__)
        return Look(run.id, run.state, move.words, moved=True)

    async def put_off(self, found: Versioned[Unreadable]) -> Look:
        return Look(found.value.id, None, [LATER], moved=await self._later(found.value.id, found.version))

    async def _decided(self, run: Run) -> Move:
        now = self._now
        if run.state is State.SCHEDULED:
            return plan_move.of_scheduled(run, now)
        if run.state is State.SENDING:
            if await self._ledger.finished(run.id, run.planned):
                return plan_move.of_finished()
            seen = plan_move.Seen(frozenset(await self._ledger.planned(run.id)), await self._open(run))
            return plan_move.of_sending(run, seen, now, self._ramp)
        if run.state is State.HALTED and now >= run.expires_at:
            return plan_move.of_halted(run, now)
        return plan_move.of_ended(run, await self._sent_by_somebody(run), now)

    async def _open(self, run: Run) -> list[plan_move.Open]:
        return [plan_move.open_of(each, self._lease_s) async for page in self._ledger.open(run.id) for each in page]

    async def _sent_by_somebody(self, run: Run) -> bool:
        """Whether a worker may still have a page in its hands."""
        async for page in self._ledger.open(run.id):
            sent = [each for each in page if each.value.page is not None]
            if any(plan_move.open_of(each, self._lease_s).held for each in sent):
                return True
        return False

    async def _do(self, found: Versioned[Run], move: Move) -> None:
        """In an order in which a death leaves nothing undone that the next look does not do: what it says twice is one
        task."""
        run, tasks = move.run or found.value, self._tasks
        if move.beside:
            logs.event("shards-late", "WARNING", run=run.id, epoch=run.epoch, shards=len(move.beside))
            await arm_shards(run, dict.fromkeys(move.beside), tasks=tasks, again=move.beside)
        if move.run is not None:
            await change_state(found.value, move.run, found.version, runs=self._runs)
        if move.send_at is not None:
            late_ms = self._now - move.send_at
            logs.event("run-rearmed", "WARNING", run=run.id, epoch=run.epoch, late_ms=late_ms)
            await tasks.send(run.id, run.epoch, move.send_at)
        if move.shards:
            logs.event("shards-rearmed", "WARNING", run=run.id, epoch=run.epoch, shards=len(move.shards))
            await arm_shards(run, move.shards, tasks=tasks)
        if move.after is After.MARK_SENT:
            await mark_sent(run, runs=self._runs, ledger=self._ledger)
        elif move.after is After.SUM_UP:
            summed = await sum_up(run, runs=self._runs, ledger=self._ledger, audience=self._audience)
            if not summed:
                await change_state(run, plan_move.later(run, self._now), found.version, runs=self._runs)

    async def _later(self, run: str, version: object) -> bool:
        """A run that cannot be looked at must not stand first in the line for ever."""
        if self._dry:
            return False
        with suppress(Stale, Unavailable):
            await self._runs.put_off(run, self._now + WATCH_MS, version)
            return True
        return False

"""`sweep`: whatever is due and not moving. What a crash between two steps left behind is picked up here."""

from collections.abc import Mapping
from contextlib import suppress

from push import logs
from push.domain.errors import Stale, Unavailable
from push.domain.pace import Ramp
from push.domain.run import ARM_AHEAD_MS, WATCH_MS, Run, Shard, wake_for
from push.domain.schedule import State
from push.ports import Ledger, Runs, Tasks, Versioned
from push.usecases.arm_shard import arm_shards
from push.usecases.finish_run import finish_run, sum_up
from push.usecases.log_state import each_in_its_trace
from push.usecases.move_run import change_state, ended
from push.usecases.start_run import hand_out, start_times

_AT_ONCE = 1_000


async def sweep_runs(*, runs: Runs, ledger: Ledger, tasks: Tasks, ramp: Ramp, lease_s: float) -> int:
    """Looks at every run whose time to be looked at has come; answers how many. One bad run never stops the others."""
    now = await runs.now()
    due = await runs.due(now, _AT_ONCE)
    for found in each_in_its_trace(due):
        try:
            if found.value.state is State.SCHEDULED:
                await _scheduled(found, now, runs, tasks)
            elif found.value.state is State.SENDING:
                await _sending(found, now, runs, ledger, tasks, ramp, lease_s)
            elif found.value.state is State.HALTED and now >= found.value.expires_at:
                await _given_up(found, now, runs)
            else:
                await sum_up(found, now, lease_s, runs=runs, ledger=ledger)
        except Stale:
            continue  # somebody else moved it just now
        except Exception as error:  # noqa: BLE001  one bad run must not keep the others from being looked at
            logs.event("sweep-failed", "ERROR", error=error, run=found.value.id)
            await _look_later(found, now, runs)
    return len(due)


async def _given_up(found: Versioned[Run], now: int, runs: Runs) -> None:
    """Nobody resumed it in time; why it was halted is still what matters."""
    reason = f"expired while it was halted. {found.value.reason or ''}".strip()
    await change_state(found.value, ended(found.value, State.EXPIRED, reason, now), found.version, runs=runs)


async def _look_later(found: Versioned[Run], now: int, runs: Runs) -> None:
    """A run that cannot be looked at must not stand first in the line for ever."""
    with suppress(Stale, Unavailable):
        await runs.move(found.value.model_copy(update={"wake_at": now + WATCH_MS}), found.version)


async def _scheduled(found: Versioned[Run], now: int, runs: Runs, tasks: Tasks) -> None:
    """Late, or far ahead and now near enough for Cloud Tasks. The old task, if any, must not act any more."""
    run = found.value
    if now >= run.expires_at:
        expired = ended(run, State.EXPIRED, "expired before it was sent", now)
        await change_state(run, expired, found.version, runs=runs)
        return
    update: dict[str, object] = {"wake_at": wake_for(run.send_on, now)}
    if run.send_on - now > ARM_AHEAD_MS:
        await runs.move(run.model_copy(update=update), found.version)
        return
    run = run.model_copy(update=update | {"epoch": run.epoch + 1})
    await runs.move(run, found.version)
    logs.event("run-rearmed", "WARNING", run=run.id, epoch=run.epoch, late_ms=now - run.send_on)
    await tasks.send(run.id, run.epoch, run.send_on)


async def _sending(
    found: Versioned[Run],
    now: int,
    runs: Runs,
    ledger: Ledger,
    tasks: Tasks,
    ramp: Ramp,
    lease_s: float,
) -> None:
    run = found.value
    if await finish_run(run, runs=runs, ledger=ledger):
        return
    if now >= run.expires_at:
        expired = ended(run, State.EXPIRED, "expired while it was being sent", now)
        await change_state(run, expired, found.version, runs=runs)
        return
    open_ = await ledger.open(run.id)
    exist = await ledger.planned(run.id)
    held = [each for each in open_ if each.value.worker is not None and each.age_ms <= 1000 * lease_s]
    times = start_times(run, ramp)
    # While the canary is out, it is the only one that is due.
    missing = [shard for shard in times if shard not in exist]
    # While workers hold shards, the ones that nobody has begun wait in the queue behind them.
    late = [shard for shard in missing if not held and times[shard] + WATCH_MS < now]
    # And so do those that have paused: each has a task since.
    waiting = [each for each in open_ if each not in held and not (held and each.value.resume_at)]
    stuck = [each for each in waiting if _due(run, each.value, times) + WATCH_MS < now]
    run = run.model_copy(update={"wake_at": now + WATCH_MS, "epoch": run.epoch + bool(late or stuck)})
    await runs.move(run, found.version)
    if not late and not stuck:
        return
    logs.event("shards-rearmed", "WARNING", run=run.id, epoch=run.epoch, shards=len(late) + len(stuck))
    await hand_out(run, missing, tasks, ramp)
    await arm_shards(run, {e.value.id: max(now, _due(run, e.value, times)) for e in open_}, tasks=tasks)


def _due(run: Run, shard: Shard, times: Mapping[str, int]) -> int:
    """When a shard that exists is to go on."""
    return max(shard.next_at, run.resumed_at or 0, times.get(shard.id, 0))

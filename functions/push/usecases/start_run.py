"""`send`: a run's time has come. Freeze the plan, then hand out its shards."""

from collections.abc import Iterable

from push import logs
from push.domain.audience import AudienceKind
from push.domain.canary import CANARY, canary_bound
from push.domain.errors import Stale
from push.domain.keyspace import SLICES, TARGETS_PER_SHARD, KeyRange, shards_for, slice_for
from push.domain.pace import Ramp, start_offsets_s
from push.domain.run import WATCH_MS, Run, wake_for
from push.domain.schedule import State
from push.ports import AudienceStore, Ledger, Runs, Tasks
from push.usecases.arm_leftovers import arm_open_leftovers
from push.usecases.arm_shard import arm_shards
from push.usecases.move_run import change_state, ended
from push.usecases.tasks import Answer, Task

# In a slice: about 25,000 targets, whose count costs 25 reads.
_FEW = 100


async def start_run(
    task: Task, *, runs: Runs, ledger: Ledger, audience: AudienceStore, tasks: Tasks, ramp: Ramp
) -> Answer:
    """A repeated task finds the plan frozen and only creates the same shard tasks again. In a new epoch that hands out
    what the canary, or a halt, had held back."""
    found = await runs.get(task.run)
    if found is None or task.epoch < found.value.epoch:
        return Answer.DONE
    run = found.value
    logs.follow(run.traceparent)
    if run.state is State.SENDING:
        await arm_open_leftovers(run, ledger=ledger, tasks=tasks)
    if run.state is State.SCHEDULED:
        try:
            run = await _plan(run, found.version, runs, audience, tasks)
        except Stale:
            return Answer.BUSY
    if run.state is State.SENDING:
        await hand_out(run, run.handed_out, tasks, ramp)
    return Answer.DONE


async def _plan(scheduled: Run, version: object, runs: Runs, audience: AudienceStore, tasks: Tasks) -> Run:
    """Moves a scheduled run on, by the store's clock: this machine's may be wrong."""
    run = scheduled
    now = await runs.now()
    if now < run.send_on:
        # Cloud Tasks was early. Its task is used up, so the run needs a new one.
        run = run.model_copy(update={"epoch": run.epoch + 1, "wake_at": wake_for(run.send_on, now)})
        await runs.move(run, version)
        await tasks.send(run.id, run.epoch, run.send_on)
        return run
    if now >= run.expires_at:
        run = ended(run, State.EXPIRED, "expired before it was sent", now)
        await change_state(scheduled, run, version, runs=runs)
        return run
    estimate = await _estimate(run, audience)
    everybody = run.audience.kind is AudienceKind.EVERYBODY
    shards = shards_for(estimate) if everybody else run.audience.lists
    # The first names of a list are no sample of the others.
    canary = canary_bound(estimate) if everybody else ""
    run = run.model_copy(
        update={
            "state": State.SENDING,
            "shards": shards,
            "canary": canary,
            "released_at": None if canary else now,
            "estimate": estimate,
            "started_at": now,
            "wake_at": now + WATCH_MS,
        }
    )
    await change_state(scheduled, run, version, runs=runs)
    return run


async def _estimate(run: Run, audience: AudienceStore) -> int:
    """About how many targets; from one slice of the key space, since a count of everybody may take minutes. Where a
    slice holds a few, it says little of the others, and they are counted."""
    if run.audience.kind is not AudienceKind.EVERYBODY:
        return run.audience.listed
    counted = await audience.estimate(run.app, run.audience.groups, slice_for(run.id))
    if counted is not None and counted < _FEW:
        whole = await audience.estimate(run.app, run.audience.groups, KeyRange("", ""))
        return counted * SLICES if whole is None else whole
    # Too many to count even in a slice: as many shards as a million targets get.
    return 50 * TARGETS_PER_SHARD if counted is None else counted * SLICES


def start_times(run: Run, ramp: Ramp) -> dict[str, int]:
    """When each of the shards that are handed out is to begin (ms), spread over the ramp; the canary at once."""
    offsets = start_offsets_s(run.shards, run.estimate or 0, ramp)
    begin = run.started_at or 0
    after = run.began_at or begin
    return {
        shard: begin if shard == CANARY else after + int(1000 * offsets[int(shard)]) for shard in run.handed_out
    }  # fmt: skip


async def hand_out(run: Run, shards: Iterable[str], tasks: Tasks, ramp: Ramp) -> None:
    """Creates the tasks of planned shards."""
    times = start_times(run, ramp)
    await arm_shards(run, {shard: times[shard] for shard in shards}, tasks=tasks)

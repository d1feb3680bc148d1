"""What was halted goes on: with the shards that were not finished, and with whom FCM refused then."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Conflict, Stale
from push.domain.run import WATCH_MS, Run
from push.domain.schedule import State
from push.ports import Apps, Audit, Clock, Runs, Schedules, Tasks
from push.usecases.arm_run import arm_again
from push.usecases.hold_schedule import Expected, expect, hold_schedule
from push.usecases.move_run import change_state
from push.usecases.note_change import note_change
from push.usecases.update_schedule import app_of


async def resume_schedule(
    caller: Caller,
    id: str,
    expected: Expected,
    *,
    apps: Apps,
    schedules: Schedules,
    runs: Runs,
    tasks: Tasks,
    audit: Audit,
    clock: Clock,
) -> None:
    """Without a canary, if that halted it. Raises NotFound, Conflict for what is not halted, has expired or whose app
    is gone, PreconditionFailed when it was edited since a revision that is `expected`."""
    while True:
        held = await hold_schedule(id, schedules=schedules, runs=runs)
        if held.run is None or held.run.state is not State.HALTED:
            raise Conflict(f"the schedule is {held.schedule.state.value}: only a halted one can be resumed")
        expect(held.schedule.revision, expected)
        await app_of(held.schedule, apps)
        now = clock.now()
        if now >= held.run.expires_at:
            raise Conflict("the schedule expired while it was halted: duplicate it, and send the copy")
        run = resumed(held.run, now)
        try:
            await change_state(held.run, run, held.version, runs=runs)
        except Stale:
            continue
        await arm_again(run, tasks=tasks)
        after = held.schedule.model_copy(update={"state": State.SENDING, "reason": None})
        await note_change(
            caller, Action.RESUME, "schedule", id, now, held.schedule, after, audit=audit, app=after.app
        )  # fmt: skip
        return


def resumed(run: Run, now: int) -> Run:
    """Its totals are the ledger's again until it ends; what is wrong with a rendering is for FCM to say anew."""
    known = dict.fromkeys(("ended_at", "reason", "counts", "reasons", "first_known_at", "last_known_at"))
    return run.model_copy(
        update={
            **known,
            "state": State.SENDING,
            "epoch": run.epoch + 1,
            "wake_at": now + WATCH_MS,
            "resumed_at": now,
            "released_at": run.released_at or now,
            "halted_renderings": (),
        }
    )

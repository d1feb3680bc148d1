"""A draft is sent: from now on it is a schedule like any other."""

from typing import Any

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Conflict, Stale
from push.domain.schedule import DAY_MS, Schedule, State
from push.ports import Apps, Audit, Clock, Console, Runs, Schedules, Tasks
from push.usecases.arm_run import arm_run
from push.usecases.check_sender import check_sender
from push.usecases.heed_console import heed_schedule
from push.usecases.hold_schedule import Expected, expect, hold_schedule
from push.usecases.log_state import log_state
from push.usecases.note_change import note_change
from push.usecases.prepare_schedule import LONGEST_MS, first_run, lives_a_day
from push.usecases.update_schedule import app_of


async def send_draft(
    caller: Caller,
    id: str,
    expected: Expected,
    *,
    apps: Apps,
    schedules: Schedules,
    runs: Runs,
    console: Console,
    tasks: Tasks,
    audit: Audit,
    clock: Clock,
    over: Any = None,
) -> None:
    """At its `send_on`, or now where that is past. `over`: only while its document is at this version, in which that
    was asked for; then raises Stale for another.

    Raises NotFound, Conflict for what is no draft any more or has expired, or while somebody's edit of its document
    waits to be looked at, PreconditionFailed when it was edited since a revision that is `expected`, Forbidden for what
    the caller may not ask for itself."""
    while True:
        held = await hold_schedule(id, schedules=schedules, runs=runs)
        if held.run is None or held.run.state is not State.DRAFT:
            raise Conflict(f"the schedule is {held.schedule.state.value}: only a draft can be sent")
        expect(held.schedule.revision, expected)
        # Whoever drafted it could be somebody else, and an edit keeps what stood there.
        check_sender(caller, held.schedule)
        app = await app_of(held.schedule, apps)
        now = clock.now()
        schedule = _timed(held.schedule, now).model_copy(
            update={
                "state": State.SCHEDULED,
                "updated_at": now,
                "revision": held.schedule.revision + 1,
                "receipts": app.receipts,
            }
        )
        # Made anew, since the app may have changed while the draft lay there.
        kept = {"epoch": held.run.epoch + 1, "revision": schedule.revision, "created_at": held.run.created_at}
        run = first_run(schedule, app, now).model_copy(update=kept)
        try:
            version = over if over is not None else await heed_schedule(held, console=console, runs=runs)
            await runs.revise(schedule, run, None, held.version, version)
        except Stale:
            if over is not None:
                raise
            continue
        log_state(held.run, run)
        await arm_run(run, now, tasks=tasks)
        await note_change(caller, Action.SEND, "schedule", id, now, held.schedule, schedule, audit=audit, app=app.id)
        return


def _timed(draft: Schedule, now: int) -> Schedule:
    """A draft whose time has passed goes now, and lives a day if nothing else was said."""
    if draft.send_on >= now:
        return draft
    expires_at = now + DAY_MS if lives_a_day(draft) else draft.expires_at
    if expires_at <= now:
        raise Conflict("the draft's expiresAt has passed: PUT a later one, then send it")
    return draft.model_copy(update={"send_on": now, "expires_at": min(expires_at, now + LONGEST_MS)})

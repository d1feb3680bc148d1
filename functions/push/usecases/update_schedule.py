"""A schedule that has not begun is said anew, as long as nobody else edited it meanwhile."""

from typing import Any

from push.domain.account import Caller
from push.domain.app import App
from push.domain.audit import Action
from push.domain.errors import Conflict, Stale, invalid
from push.domain.run import Run
from push.domain.schedule import Schedule, State
from push.ports import Apps, Audit, Clock, Console, Runs, Schedules, Tags, Tasks, Templates
from push.usecases.arm_run import arm_run
from push.usecases.check_sender import check_sender
from push.usecases.heed_console import heed_schedule
from push.usecases.hold_schedule import Expected, Held, expect, hold_schedule, unsent
from push.usecases.note_change import note_change
from push.usecases.prepare_schedule import NewSchedule, Prepared, lives_a_day, prepare_schedule


async def update_schedule(
    caller: Caller,
    id: str,
    request: NewSchedule,
    expected: Expected,
    *,
    apps: Apps,
    tags: Tags,
    templates: Templates,
    schedules: Schedules,
    runs: Runs,
    console: Console,
    tasks: Tasks,
    audit: Audit,
    clock: Clock,
    over: Any = None,
    sent: bool = False,
) -> Schedule:
    """Replaces all of the request, but for an absent `send_on`, which stays: what waits must not go out by a slip.
    `over`: only while its document is at this version, which the request was read from; then raises Stale for another.
    `sent`: a draft is sent with it.

    Raises NotFound, Conflict once it is sending or has ended, or while somebody's edit of its document waits to be
    looked at, PreconditionFailed when it was edited since a revision that is `expected`, Invalid, Forbidden.
    """
    while True:
        held = await hold_schedule(id, schedules=schedules, runs=runs)
        old = unsent(held)
        expect(held.schedule.revision, expected)
        app = await app_of(held.schedule, apps)
        asked = _asked(request, held.schedule)
        if sent:
            asked = asked.model_copy(update={"draft": False})
        now = clock.now()
        creator = held.schedule.created_by
        made = await prepare_schedule(
            asked, app, id, creator, now, tags=tags, templates=templates, before=held.schedule
        )  # fmt: skip
        check_sender(caller, made.schedule, held.schedule)
        new = _revised(made, held, old)
        try:
            version = over if over is not None else await heed_schedule(held, console=console, runs=runs)
            await runs.revise(new.schedule, new.run, new.lists, held.version, version)
        except Stale:
            if over is not None:
                raise
            continue
        await arm_run(new.run, now, tasks=tasks)
        await note_change(
            caller, Action.UPDATE, "schedule", id, now, held.schedule, new.schedule, audit=audit, app=app.id
        )  # fmt: skip
        return new.schedule


async def app_of(schedule: Schedule, apps: Apps) -> App:
    app = await apps.get(schedule.app)
    if app is None or app.deleting:
        raise Conflict("the schedule's app is gone: remove the schedule")
    return app


def _asked(request: NewSchedule, stored: Schedule) -> NewSchedule:
    if request.app != stored.app:
        raise invalid("/appId", "must stay: a schedule belongs to its app")
    draft = stored.state is State.DRAFT
    if request.draft not in (None, draft):
        raise invalid("/draft", "cannot be changed: POST …/send sends a draft, POST …/duplicate makes one")
    send_on = stored.send_on if request.send_on is None else request.send_on
    kept = (send_on, request.expires_at) == (stored.send_on, stored.expires_at)
    # A draft that lives a day because nothing else was said still does, however long it lay there.
    expires_at = None if draft and kept and lives_a_day(stored) else request.expires_at
    return request.model_copy(update={"draft": draft, "send_on": send_on, "expires_at": expires_at})


def _revised(made: Prepared, held: Held, old: Run) -> Prepared:
    """A new epoch where the run has a new time: the task of the old one must not act, and its name is used up."""
    revision = held.schedule.revision + 1
    moved = made.run.send_on != old.send_on or made.run.state is not old.state
    schedule = made.schedule.model_copy(update={"revision": revision, "created_at": held.schedule.created_at})
    run = made.run.model_copy(
        update={"revision": revision, "created_at": old.created_at, "epoch": old.epoch + moved, "request": schedule}
    )  # fmt: skip
    return Prepared(schedule, run, made.lists)

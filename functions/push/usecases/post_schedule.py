"""A notification is asked for: checked, stored with its run in one commit, and set going (design §4)."""

from push.domain.account import Caller, Right
from push.domain.app import App
from push.domain.audit import Action
from push.domain.errors import Forbidden, NotFound
from push.domain.ids import new_id
from push.domain.schedule import Schedule
from push.ports import Apps, Audit, Clock, Runs, Tags, Tasks
from push.usecases.arm_run import arm_run
from push.usecases.note_change import note_change
from push.usecases.prepare_schedule import NewSchedule, prepare_schedule


async def post_schedule(
    caller: Caller,
    request: NewSchedule,
    *,
    apps: Apps,
    tags: Tags,
    runs: Runs,
    tasks: Tasks,
    audit: Audit,
    clock: Clock,
) -> Schedule:
    """Once it answers, the schedule is attempted, whatever dies next (P1): what has no task is moved by sweep.

    A draft waits for its sender. Raises Forbidden, NotFound for an unknown app, and Invalid for what cannot be sent.
    """
    app = await _app_for(caller, request, apps)
    now = clock.now()
    made = await prepare_schedule(request, app, new_id(), caller.subject, now, tags=tags)
    await runs.accept(made.schedule, made.run, made.lists)
    await arm_run(made.run, now, tasks=tasks)
    await note_change(
        caller, Action.CREATE, "schedule", made.schedule.id, now, None, made.schedule, audit=audit, app=app.id
    )  # fmt: skip
    return made.schedule


async def _app_for(caller: Caller, request: NewSchedule, apps: Apps) -> App:
    if caller.is_app and caller.app != request.app:
        raise Forbidden("an app's token may only post schedules of its own app")
    if not caller.is_app and not caller.may(Right.NOTIFICATIONS):
        raise Forbidden("this account's role does not include push notifications")
    app = await apps.get(request.app)
    if app is None:
        raise NotFound("no such app: check appId")
    if caller.is_app and not (app.client_may_push and request.aliases is not None):
        raise Forbidden("an app's token may only post schedules to aliases, and only where the app allows it")
    return app

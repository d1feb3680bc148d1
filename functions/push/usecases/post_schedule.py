"""A notification is asked for: checked, stored with its run in one commit, and set going."""

from push.domain.account import Caller, Right
from push.domain.app import App
from push.domain.audit import Action
from push.domain.errors import Conflict, Forbidden, invalid
from push.domain.idempotency import REMEMBERED_MS, Remembered, fingerprint, memory_id, schedule_id
from push.domain.ids import new_id
from push.domain.schedule import Schedule
from push.ports import Apps, Audit, Clock, Runs, Tags, Tasks, Templates
from push.usecases.arm_run import arm_run
from push.usecases.check_sender import check_sender
from push.usecases.log_state import log_state
from push.usecases.note_change import note_change
from push.usecases.prepare_schedule import NewSchedule, prepare_schedule
from push.usecases.read_app import app_in_use


async def post_schedule(
    caller: Caller,
    request: NewSchedule,
    *,
    apps: Apps,
    tags: Tags,
    templates: Templates,
    runs: Runs,
    tasks: Tasks,
    audit: Audit,
    clock: Clock,
    key: str | None = None,
) -> Schedule:
    """Once it answers, the schedule is attempted, whatever dies next (P1): what has no task is moved by sweep.

    A draft waits for its sender. The same request with the same `key` is done once, and answered as it was then.

    Raises Forbidden, NotFound for an unknown app, and Invalid for what cannot be sent, or another request's key.
    """
    app = await _app_for(caller, request, apps)
    name = memory_id(caller, key) if key is not None else None
    if name is not None and (memory := await runs.remembered(name)) is not None:
        return _again(memory, request)
    now = clock.now()
    id_ = new_id() if name is None else schedule_id(name)
    made = await prepare_schedule(request, app, id_, caller.subject, now, tags=tags, templates=templates)
    check_sender(caller, made.schedule)
    try:
        await runs.accept(made.schedule, made.run, made.lists, _memory(name, request, made.schedule, now))
    except Conflict:
        # A twin of this request was first, or the key was forgotten and the schedule was not.
        memory = None if name is None else await runs.remembered(name)
        if memory is None:
            raise
        return _again(memory, request)
    log_state(None, made.run)
    await arm_run(made.run, now, tasks=tasks)
    await note_change(
        caller, Action.CREATE, "schedule", made.schedule.id, now, None, made.schedule, audit=audit, app=app.id
    )  # fmt: skip
    return made.schedule


def _memory(name: str | None, request: NewSchedule, answer: Schedule, now: int) -> Remembered | None:
    if name is None:
        return None
    return Remembered(id=name, request=fingerprint(request), answer=answer, expire_at=now + REMEMBERED_MS)


def _again(memory: Remembered, request: NewSchedule) -> Schedule:
    if memory.request != fingerprint(request):
        raise invalid("/Idempotency-Key", "was sent with another body: send each request with a key of its own")
    return memory.answer


async def _app_for(caller: Caller, request: NewSchedule, apps: Apps) -> App:
    if caller.is_app and caller.app != request.app:
        raise Forbidden("an app's token may only post schedules of its own app")
    if not caller.is_app and not caller.may(Right.NOTIFICATIONS):
        raise Forbidden("this account's role does not include push notifications")
    app = await app_in_use(request.app, apps=apps)
    if caller.is_app and not (app.client_may_push and request.aliases is not None):
        raise Forbidden("an app's token may only post schedules to aliases, and only where the app allows it")
    return app

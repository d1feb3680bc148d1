"""A notification is asked for: checked, stored with its run in one commit, and set going (design §4)."""

from pydantic import BaseModel, ConfigDict

from push import logs
from push.domain.account import Caller, Right
from push.domain.app import App
from push.domain.audience import LIST_SIZE, Audience, AudienceKind
from push.domain.errors import FieldError, Forbidden, Invalid, NotFound, Unavailable
from push.domain.ids import new_id
from push.domain.payload import SOUNDS, Payload
from push.domain.rendering import FCM_PLATFORMS, MAX_PAYLOAD_BYTES, MAX_TTL_S, Content, render, size
from push.domain.run import ARM_AHEAD_MS, Run, wake_for
from push.domain.schedule import DAY_MS, MAX_TIME_MS, OnUnknown, Schedule, State
from push.domain.tag import TagRef
from push.ports import Apps, Clock, Runs, Tags, Tasks
from push.usecases.resolve_filter import resolve_filter

LONGEST_MS = MAX_TTL_S * 1_000
# What is sent last must still be able to expire within the time that Firestore knows, and be kept a while after.
LATEST_MS = MAX_TIME_MS - 366 * DAY_MS


class NewSchedule(BaseModel):
    """What a sender asks for. `aliases` are distinct; None means everybody. Times in ms."""

    model_config = ConfigDict(frozen=True)

    app: int
    name: str
    payload: Payload | None = None
    template: str | None = None
    filter_tags: tuple[TagRef, ...] = ()
    aliases: tuple[str, ...] | None = None
    send_on: int | None = None
    expires_at: int | None = None
    on_unknown: OnUnknown | None = None


async def post_schedule(
    caller: Caller, request: NewSchedule, *, apps: Apps, tags: Tags, runs: Runs, tasks: Tasks, clock: Clock
) -> Schedule:
    """Once it answers, the schedule is attempted, whatever dies next (P1): what has no task is moved by sweep.

    Raises Forbidden, NotFound for an unknown app, and Invalid for what cannot be sent.
    """
    app = await _app_for(caller, request, apps)
    now = clock.now()
    send_on = max(request.send_on or now, now)
    if send_on > LATEST_MS:
        raise _invalid("/sendOn", f"lies too far ahead: at most {LATEST_MS}")
    expires_at = _expiry(request, send_on)
    if request.template is not None:
        raise _invalid("/template", "no such template: leave it out")
    _check_sound(request.payload, app)
    filter_ = await resolve_filter(request.filter_tags, tags=tags)
    aliases = list(request.aliases or ())
    schedule = Schedule(
        id=new_id(),
        app=app.id,
        name=request.name,
        payload=request.payload,
        filter_tags=filter_.refs,
        audience=Audience(
            kind=AudienceKind.EVERYBODY if request.aliases is None else AudienceKind.ALIASES,
            groups=filter_.groups,
            listed=len(aliases),
        ),
        send_on=send_on,
        expires_at=expires_at,
        on_unknown=request.on_unknown,
        state=State.SCHEDULED,
        created_by=caller.subject,
        created_at=now,
        updated_at=now,
    )
    run = _first_run(schedule, app, now)
    _check_size(run.content, now)
    await runs.accept(schedule, run, [aliases[at : at + LIST_SIZE] for at in range(0, len(aliases), LIST_SIZE)])
    if send_on - now <= ARM_AHEAD_MS:
        await _set_going(run, now, tasks)
    return schedule


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


def _expiry(request: NewSchedule, send_on: int) -> int:
    expires_at = request.expires_at if request.expires_at is not None else send_on + DAY_MS
    if not send_on < expires_at <= send_on + LONGEST_MS:
        raise _invalid("/expiresAt", "must lie after sendOn (or now), and at most 28 days after it")
    return expires_at


def _check_sound(payload: Payload | None, app: App) -> None:
    sound = payload.notification.sound if payload else None
    if sound is not None and sound not in SOUNDS and sound not in app.sounds:
        raise _invalid("/payload/notification/sound", "must be one of HALO's sounds, or of the app's own list")


def _check_size(content: Content, now: int) -> None:
    """What a phone is sent must fit, on whichever platform it is longest."""
    sizes = {platform.value: size(render(content, platform, MAX_TTL_S, now // 1_000)) for platform in FCM_PLATFORMS}
    if max(sizes.values()) > MAX_PAYLOAD_BYTES:
        told = ", ".join(f"{bytes_:,} bytes on {platform}" for platform, bytes_ in sizes.items())
        raise _invalid("/payload", f"does not fit: {told}, and FCM carries {MAX_PAYLOAD_BYTES:,}")


def _invalid(pointer: str, message: str) -> Invalid:
    return Invalid(f"{pointer[1:].replace('/', '.')} {message}", [FieldError(pointer, message)])


def _first_run(schedule: Schedule, app: App, now: int) -> Run:
    return Run(
        id=schedule.id,
        schedule=schedule.id,
        app=app.id,
        firebase_project=app.firebase_project,
        state=State.SCHEDULED,
        wake_at=wake_for(schedule.send_on, now),
        send_on=schedule.send_on,
        expires_at=schedule.expires_at,
        audience=schedule.audience,
        content=Content(
            schedule_id=schedule.id,
            name=schedule.name,
            payload=schedule.payload,
            template=schedule.template,
            android_display=app.android_display,
        ),
        on_unknown=schedule.on_unknown,
        created_at=now,
    )


async def _set_going(run: Run, now: int, tasks: Tasks) -> None:
    try:
        await tasks.send(run.id, run.epoch, run.send_on if run.send_on > now else None)
    except Unavailable as error:
        # Stored is promised: sweep finds the run by its wake_at.
        logs.event("task-not-made", "WARNING", run=run.id, epoch=run.epoch, error=error)

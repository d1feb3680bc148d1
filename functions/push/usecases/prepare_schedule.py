"""What a sender asks for, checked and frozen: the schedule, its run, and its lists, ready to be stored."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from push import logs
from push.domain.app import App
from push.domain.audience import LIST_SIZE, Audience, AudienceKind
from push.domain.errors import invalid
from push.domain.rendering import MAX_TTL_S, Content
from push.domain.run import Run, wake_for
from push.domain.schedule import DAY_MS, MAX_TIME_MS, OnUnknown, Schedule, State
from push.domain.tag import TagRef
from push.domain.template import Message
from push.ports import Tags, Templates
from push.usecases.check_message import check_content, check_size, check_sns_size, check_sound
from push.usecases.fill_template import fill_template
from push.usecases.resolve_filter import resolve_filter

LONGEST_MS = MAX_TTL_S * 1_000
# What is sent last must still be able to expire within the time that Firestore knows, and be kept a while after.
LATEST_MS = MAX_TIME_MS - 366 * DAY_MS


class NewSchedule(BaseModel):
    """What a sender asks for; with a template, `payload` may lack what that says. `aliases` and `users` are distinct,
    and one of them is None; both None mean everybody. Times in ms."""

    model_config = ConfigDict(frozen=True)

    app: int
    name: str
    payload: Message | None = None
    template: str | None = None
    content: str | None = None
    filter_tags: tuple[TagRef, ...] = ()
    aliases: tuple[str, ...] | None = None
    users: tuple[str, ...] | None = None
    send_on: int | None = None
    expires_at: int | None = None
    on_unknown: OnUnknown | None = None
    draft: bool | None = None

    @property
    def kind(self) -> AudienceKind:
        if self.users is not None:
            return AudienceKind.USERS
        return AudienceKind.EVERYBODY if self.aliases is None else AudienceKind.ALIASES

    @property
    def listed(self) -> tuple[str, ...]:
        """The aliases or users that it names."""
        return self.users or self.aliases or ()


class Prepared(NamedTuple):
    schedule: Schedule
    run: Run
    lists: Sequence[Sequence[str]]


async def prepare_schedule(
    request: NewSchedule,
    app: App,
    id: str,
    created_by: str,
    now: int,
    *,
    tags: Tags,
    templates: Templates,
    before: Schedule | None = None,
) -> Prepared:
    """As new, in its first revision; a draft when that is asked for. `before` is the schedule that is said anew.

    Raises Invalid for what cannot be sent."""
    send_on = max(request.send_on or now, now)
    if send_on > LATEST_MS:
        raise invalid("/sendOn", f"lies too far ahead: at most {LATEST_MS}")
    expires_at = _expiry(request, send_on)
    filter_ = await resolve_filter(request.filter_tags, tags=tags)
    filled = await fill_template(request.template, request.payload, filter_.refs, before, templates=templates)
    schedule = Schedule(
        id=id,
        app=app.id,
        name=request.name,
        payload=filled.payload,
        template=request.template,
        template_name=filled.name,
        content=request.content,
        filter_tags=filter_.refs,
        audience=Audience(kind=request.kind, groups=filter_.groups, listed=len(request.listed)),
        send_on=send_on,
        expires_at=expires_at,
        on_unknown=request.on_unknown,
        receipts=app.receipts,
        state=State.DRAFT if request.draft else State.SCHEDULED,
        created_by=created_by,
        created_at=now,
        updated_at=now,
    )
    return Prepared(schedule, first_run(schedule, app, now), in_lists(request.listed))


def first_run(schedule: Schedule, app: App, now: int) -> Run:
    """The run of a new schedule; a draft's waits for nothing. Raises Invalid for what the app cannot send."""
    check_sound(schedule.payload, app)
    check_content(schedule)
    content = Content(
        schedule_id=schedule.id,
        name=schedule.name,
        payload=schedule.payload,
        template=schedule.template_name,
        content=schedule.content,
        android_display=app.android_display,
    )
    check_size(content, now)
    check_sns_size(content, app)
    return Run(
        id=schedule.id,
        schedule=schedule.id,
        app=app.id,
        firebase_project=app.firebase_project,
        sns_applications=app.sns_applications.by_platform,
        state=schedule.state,
        wake_at=None if schedule.state is State.DRAFT else wake_for(schedule.send_on, now),
        send_on=schedule.send_on,
        expires_at=schedule.expires_at,
        audience=schedule.audience,
        content=content,
        on_unknown=schedule.on_unknown,
        skip_stale=app.skip_stale,
        created_at=now,
        request=schedule,
        traceparent=logs.traceparent(),
    )


def in_lists(items: Sequence[str]) -> list[Sequence[str]]:
    return [items[at : at + LIST_SIZE] for at in range(0, len(items), LIST_SIZE)]


def lives_a_day(schedule: Schedule) -> bool:
    """As it does where no `expires_at` was said."""
    return schedule.expires_at == schedule.send_on + DAY_MS


def _expiry(request: NewSchedule, send_on: int) -> int:
    expires_at = request.expires_at if request.expires_at is not None else send_on + DAY_MS
    if not send_on < expires_at <= send_on + LONGEST_MS:
        raise invalid("/expiresAt", "must lie after sendOn (or now), and at most 28 days after it")
    return expires_at

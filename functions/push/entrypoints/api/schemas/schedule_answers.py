"""Schedules as we answer them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from push.domain.audience import AudienceKind
from push.domain.payload import Payload
from push.domain.run import totals
from push.domain.schedule import OnUnknown, Schedule, State
from push.domain.tag import TagRef, TagType
from push.entrypoints.api.schemas.wire import Answer
from push.usecases.read_schedule import Standing


class FilterTagOut(Answer):
    id: str | None = None
    name: str | None = None
    value: str | None = None
    tag_type: TagType | None = None


class AudienceOut(Answer):
    """`count`: how many aliases or users were given, or about how many targets there are, once that is known."""

    kind: AudienceKind
    count: int | None = None


class ProgressOut(Answer):
    """Shards: those that are done, and all that there are so far."""

    done: int
    total: int


class ScheduleOut(Answer):
    """`counts` by kind of outcome, `reasons` by code; fields that say nothing are left out. `reason` says in a sentence
    why it was halted or ended early. Whoever gets it only when a halted one is resumed is not among the `targeted`, nor
    are the `stale`, whom the app's broadcasts leave out."""

    id: str
    app_id: int
    name: str
    state: State
    send_on: int
    expires_at: int
    created_at: int
    updated_at: int
    sent_at: int | None = None
    payload: dict[str, Any] | None = None
    template: str | None = None
    content: str | None = None
    filter_tags: list[FilterTagOut] = Field(default_factory=list)
    aliases: list[str] | None = None
    users: list[str] | None = None
    audience: AudienceOut
    on_unknown: OnUnknown | None = None
    counts: dict[str, int] | None = None
    reasons: dict[str, int] | None = None
    shards: ProgressOut | None = None
    reason: str | None = None


def schedule_out(schedule: Schedule, **more: Any) -> ScheduleOut:
    """`more`: what lists leave out, since it is not in the schedule itself."""
    listed = schedule.audience.listed if schedule.audience.kind is not AudienceKind.EVERYBODY else None
    fields = {
        "audience": AudienceOut(kind=schedule.audience.kind, count=listed),
        "counts": None if schedule.counts is None else totals(schedule.counts),
    } | more
    return ScheduleOut(
        id=schedule.id,
        app_id=schedule.app,
        name=schedule.name,
        state=schedule.state,
        send_on=schedule.send_on,
        expires_at=schedule.expires_at,
        created_at=schedule.created_at,
        updated_at=schedule.updated_at,
        sent_at=schedule.sent_at,
        payload=None if schedule.payload is None else payload_out(schedule.payload),
        template=schedule.template,
        content=schedule.content,
        filter_tags=filter_tags_out(schedule.filter_tags),
        on_unknown=schedule.on_unknown,
        reason=schedule.reason,
        **fields,
    )


def new_schedule_out(schedule: Schedule, listed: Sequence[str]) -> ScheduleOut:
    """`listed` are the aliases or users that it names."""
    return schedule_out(schedule, **_listed(schedule, listed), counts=totals({}), reasons={})


def standing_out(standing: Standing) -> ScheduleOut:
    schedule = standing.schedule
    more: dict[str, Any] = {}
    if schedule.audience.kind is AudienceKind.EVERYBODY and standing.progress is not None and standing.estimate:
        # Only while it is sent: before nobody has looked, and after it counts say more.
        more["audience"] = AudienceOut(kind=schedule.audience.kind, count=standing.estimate)
    return schedule_out(
        schedule,
        **more,
        **_listed(schedule, standing.listed),
        counts=totals(standing.counts),
        reasons=dict(standing.reasons),
        shards=None if standing.progress is None else ProgressOut(**standing.progress._asdict()),
    )


def _listed(schedule: Schedule, listed: Sequence[str]) -> dict[str, list[str]]:
    kind = schedule.audience.kind
    return {} if kind is AudienceKind.EVERYBODY else {kind.value: list(listed)}


def filter_tags_out(refs: Iterable[TagRef]) -> list[FilterTagOut]:
    return [FilterTagOut(id=ref.id, name=ref.name, value=ref.value, tag_type=ref.type) for ref in refs]


def payload_out(payload: Payload) -> dict[str, Any]:
    """As it was given, without what was empty."""
    data: dict[str, Any] = _present(
        {
            "url": payload.data.url,
            "content_available": 1 if payload.data.content_available else None,
            "image": payload.data.image and payload.data.image.model_dump(),
            "extra": payload.data.extra,
            "type": payload.data.type,
        }
    )
    notification = payload.notification.model_dump(mode="json")
    return {"notification": _present(notification), "data": data | payload.data.custom}


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}

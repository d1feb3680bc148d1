"""Schedules: what was asked for, and a mirror of how far it is. The engine works on runs and never trusts these."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from push.domain.app import Receipts
from push.domain.audience import Audience
from push.domain.payload import Payload
from push.domain.tag import TagRef, fold

DAY_MS = 24 * 3_600_000
# 9999-12-31: the last moment that Firestore's timestamps know.
MAX_TIME_MS = 253_402_300_799_999


class State(StrEnum):
    """Of a schedule and of its runs."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"
    HALTED = "halted"
    EXPIRED = "expired"


class OnUnknown(StrEnum):
    """What becomes of targets of whom nobody knows whether FCM took their message: a process died, an answer was lost.

    Unsaid, the page of a process that died is sent again (better twice than not at all), and a single message whose
    answer was lost is not: it counts as `unknown`.
    """

    RESEND = "resend"
    SKIP = "skip"


class Order(StrEnum):
    """Orders of a search: both times latest first; names alphabetically, the same ones by their time."""

    CREATED = "created_at"
    SEND_ON = "send_on"
    NAME = "name"


class Schedule(BaseModel):
    """Times in ms. `counts` is what its run reported when it ended. `revision` grows with every edit of the request,
    and not with what becomes of it: it is what clients hold against each other's edits. The payload is what is sent,
    with what its template said then; `template_name` is what that was called; `content` names what it is about.
    `receipts` are as its app wanted them when it was accepted, so that what is counted of it means one thing."""

    model_config = ConfigDict(frozen=True)

    id: str
    app: int
    name: str
    payload: Payload | None = None
    template: str | None = None
    template_name: str | None = None
    content: str | None = None
    filter_tags: tuple[TagRef, ...] = ()
    audience: Audience
    send_on: int
    expires_at: int
    on_unknown: OnUnknown | None = None
    receipts: Receipts = Receipts()
    state: State
    created_by: str
    created_at: int
    updated_at: int
    sent_at: int | None = None
    counts: Mapping[str, int] | None = None
    reason: str | None = None
    revision: int = 1


class Search(BaseModel):
    """Which schedules are meant; `name` is how a name begins, in any spelling. `send_from` and `send_to` inclusive."""

    model_config = ConfigDict(frozen=True)

    app: int | None = None
    state: State | None = None
    name: str | None = None
    send_from: int | None = None
    send_to: int | None = None

    @property
    def order(self) -> Order:
        """By name where names are searched, else by time of sending where that is, else newest first."""
        if self.name is not None:
            return Order.NAME
        return Order.CREATED if self.send_from is None and self.send_to is None else Order.SEND_ON


class Position(NamedTuple):
    """Where a page of a search ended: the last one's place in the order (`then`: the time of sending, where the order
    is by name), and its id where several share that."""

    key: int | str
    then: int
    id: str


def position_of(schedule: Schedule, order: Order) -> Position:
    if order is Order.NAME:
        return Position(fold(schedule.name), schedule.send_on, schedule.id)
    return Position(getattr(schedule, order.value), 0, schedule.id)

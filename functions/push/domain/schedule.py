"""Schedules: what was asked for, and a mirror of how far it is. The engine works on runs and never trusts these."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from push.domain.audience import Audience
from push.domain.payload import Payload
from push.domain.tag import TagRef

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


class Schedule(BaseModel):
    """Times in ms. `run` is the run that last sent it; `counts` is what that run reported when it ended."""

    model_config = ConfigDict(frozen=True)

    id: str
    app: int
    name: str
    payload: Payload | None = None
    template: str | None = None
    filter_tags: tuple[TagRef, ...] = ()
    audience: Audience
    send_on: int
    expires_at: int
    on_unknown: OnUnknown | None = None
    state: State
    created_by: str
    created_at: int
    updated_at: int
    sent_at: int | None = None
    counts: Mapping[str, int] | None = None
    reason: str | None = None

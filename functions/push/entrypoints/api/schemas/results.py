"""Results as we answer them."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, field_validator

from push.domain.app import ReceiptMode
from push.domain.page import Failure
from push.domain.results import DayTotals, Results
from push.domain.schedule import State
from push.entrypoints.api.schemas.app_limits import ReceiptsOut, receipts_out
from push.entrypoints.api.schemas.wire import Answer, Wire

MAX_SCHEDULES = 100


class ArchiveIn(Wire):
    """The ids of the schedules whose results are wanted."""

    model_config = ConfigDict(extra="forbid")

    schedules: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=MAX_SCHEDULES)]

    @field_validator("schedules")
    @classmethod
    def _once_each(cls, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))


class ActivityCounts(Answer):
    """Devices that reported it, each counted once. `receipt` is left out where receipts are off, and where they are
    sampled counts those of the sample."""

    receipt: int | None = None
    open: int
    dismiss: int


class RatesOut(Answer):
    """Of the targets that were accepted; left out while none was. Of sampled receipts it is an estimate for all."""

    receipt: float | None = None
    open: float | None = None
    dismiss: float | None = None


class TimingsOut(Answer):
    """`firstKnownAt` and `lastKnownAt`: when a first worker began, and when the last result was recorded."""

    asked_at: int
    due_at: int
    started_at: int | None = None
    first_known_at: int | None = None
    last_known_at: int | None = None
    finished_at: int | None = None


class ResultsOut(Answer):
    """`counts` by kind of outcome, `reasons` of failures by code. `activity` is left out where it cannot be counted
    in time. `receipts`: which ones are kept, as the app wanted it when the notification was accepted. `asOf`: all of it
    is at least as new."""

    id: str
    app_id: int
    name: str
    state: State
    reason: str | None = None
    counts: dict[str, int]
    reasons: dict[str, int]
    activity: ActivityCounts | None = None
    rates: RatesOut
    receipts: ReceiptsOut
    timings: TimingsOut
    as_of: int


class ArchiveOut(Answer):
    """`unknown`: the ids of which there is no schedule."""

    items: list[ResultsOut]
    unknown: list[str]


class FailureOut(Answer):
    """`target`: a fingerprint, never the token; `device`: the device's id, "" where nobody is; `named`: the alias or
    user that the notification was for, where that has no device or target, else ""."""

    target: str
    device: str
    platform: str
    kind: str
    code: str
    named: str


class FailuresOut(Answer):
    """`nextCursor` is left out on the last page."""

    items: list[FailureOut]
    next_cursor: str | None = None


class DayOut(Answer):
    """`runs`: notifications whose sending was finished on that day (UTC); the others count their targets."""

    day: date
    runs: int
    targeted: int
    accepted: int
    failed: int
    as_of: int


class StatisticsOut(Answer):
    app_id: int
    days: list[DayOut]


def results_out(results: Results) -> ResultsOut:
    schedule, timings = results.schedule, results.timings
    return ResultsOut(
        id=schedule.id,
        app_id=schedule.app,
        name=schedule.name,
        state=schedule.state,
        reason=schedule.reason,
        counts=dict(results.counts),
        reasons=dict(results.reasons),
        activity=_activity(results),
        rates=RatesOut(**results.rates._asdict()),
        receipts=receipts_out(schedule.receipts),
        timings=TimingsOut(**{f"{name}_at": moment for name, moment in timings._asdict().items()}),
        as_of=results.as_of,
    )


def _activity(results: Results) -> ActivityCounts | None:
    if results.activity is None:
        return None
    off = results.schedule.receipts.mode is ReceiptMode.OFF
    receipt, open_, dismiss, _ = results.activity
    return ActivityCounts(receipt=None if off else receipt, open=open_, dismiss=dismiss)


def failure_out(failure: Failure) -> FailureOut:
    return FailureOut(**failure._asdict())


def statistics_out(app: int, days: list[DayTotals]) -> StatisticsOut:
    return StatisticsOut(app_id=app, days=[DayOut.model_validate(day._asdict()) for day in days])

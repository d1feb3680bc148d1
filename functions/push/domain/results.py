"""What became of a notification, and of an app's notifications day by day."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from push.domain.activity import Tally
from push.domain.app import ReceiptMode, Receipts
from push.domain.run import Run
from push.domain.schedule import DAY_MS, Schedule
from push.domain.shard import Counts

MAX_DAYS = 92
# A run is summed up, by its last guarded write, at most this much later than the moment that it says it ended at.
SETTLED_MS = 3_600_000


class Timings(NamedTuple):
    """Moments in ms: asked for, due, started, first and last heard of by the ledger, finished."""

    asked: int
    due: int
    started: int | None = None
    first_known: int | None = None
    last_known: int | None = None
    finished: int | None = None


class Rates(NamedTuple):
    """Of the targets that were accepted, how many were followed by it; None while nothing was, and of what is not kept.
    Where receipts are sampled theirs is an estimate.

    A device may have several targets and reports once, so that all of them having it may still be less than 1."""

    receipt: float | None
    open: float | None
    dismiss: float | None


class Results(NamedTuple):
    """`counts` by kind of outcome, `reasons` of failures by code. `activity` is None where counting took too long."""

    schedule: Schedule
    counts: Counts
    reasons: Counts
    activity: Tally | None
    rates: Rates
    timings: Timings
    as_of: int


class DayTotals(NamedTuple):
    """An app's runs whose sending ended on a day (UTC), however it did: how many, and what became of their targets."""

    day: str
    runs: int
    targeted: int
    accepted: int
    failed: int
    as_of: int

    @property
    def final(self) -> bool:
        """Whether nothing can be added any more."""
        return self.as_of >= day_start(self.day) + DAY_MS + SETTLED_MS


def rates(accepted: int, tally: Tally | None, receipts: Receipts) -> Rates:
    if not accepted or tally is None:
        return Rates(None, None, None)
    opened, dismissed = (round(count / accepted, 4) for count in (tally.open, tally.dismiss))
    if receipts.mode is ReceiptMode.ALL:
        return Rates(round(tally.receipt / accepted, 4), opened, dismissed)
    if receipts.mode is ReceiptMode.OFF:
        return Rates(None, opened, dismissed)
    # A small sample may by chance say more than all.
    return Rates(min(1.0, round(tally.receipt / receipts.share / accepted, 4)), opened, dismissed)


def timings(schedule: Schedule, run: Run | None, first: int | None, last: int | None) -> Timings:
    """`first` and `last`: when the first worker began, and when the ledger was last written."""
    asked, due = schedule.created_at, schedule.send_on
    if run is None:
        return Timings(asked, due, finished=schedule.sent_at)
    return Timings(asked, due, run.started_at, first, last, run.sending_ended_at)


def day_of(ms: int) -> str:
    """The day (UTC) that a moment lies in, as 2026-11-22."""
    return datetime.fromtimestamp(ms // 1000, UTC).date().isoformat()


def day_start(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1000


def days_between(first: date, last: date) -> list[str]:
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]

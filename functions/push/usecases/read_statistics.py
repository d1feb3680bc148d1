"""What was sent for an app, day by day."""

from datetime import date

from push.domain.errors import invalid
from push.domain.results import MAX_DAYS, DayTotals, day_of, days_between
from push.domain.schedule import DAY_MS
from push.ports import Apps, Clock, Statistics
from push.usecases.read_app import app_named

_USUAL = 30


async def read_statistics(
    app: int, first: date | None, last: date | None, *, apps: Apps, statistics: Statistics, clock: Clock
) -> list[DayTotals]:
    """From `first` to `last`, both included; the last 30 days unless said. Raises NotFound, Invalid."""
    today = clock.now()
    if last is None:
        last = date.fromisoformat(day_of(today))
    if first is None:
        first = date.fromordinal(max(1, last.toordinal() - _USUAL + 1))
    if first > last:
        raise invalid("/from", "must not lie after `to`")
    if (last - first).days >= MAX_DAYS:
        raise invalid("/from", f"must lie at most {MAX_DAYS - 1} days before `to`: ask for fewer days at once")
    await app_named(app, apps=apps)
    # What lies ahead of every clock has not been sent.
    ahead = day_of(today + DAY_MS)
    return await statistics.days(app, [day for day in days_between(first, last) if day <= ahead])

"""An app's days, summed from the runs in memory."""

from collections.abc import Sequence

from fakes.clock import FakeClock
from fakes.runs import FakeRuns
from push.domain.results import DayTotals, day_of


class FakeStatistics:
    def __init__(self, clock: FakeClock, runs: FakeRuns) -> None:
        self.clock = clock
        self.runs = runs

    async def days(self, app: int, days: Sequence[str]) -> list[DayTotals]:
        return [self._sum(app, day) for day in days]

    def _sum(self, app: int, day: str) -> DayTotals:
        counts = [
            run.counts or {}
            for run, _, _ in self.runs.stored.values()
            if run.app == app and run.sending_ended_at is not None and day_of(run.sending_ended_at) == day
        ]
        targeted, accepted, failed = (
            sum(c.get(name, 0) for c in counts) for name in ("targeted", "accepted", "failed")
        )
        return DayTotals(day, len(counts), targeted, accepted, failed, self.clock.now())

from collections.abc import Sequence
from typing import Protocol

from push.domain.results import DayTotals


class Statistics(Protocol):
    async def days(self, app: int, days: Sequence[str]) -> list[DayTotals]:
        """The sums of the app's runs whose sending ended on each day (UTC, such as 2026-11-22), in order, a minute
        old at most. A run that has ended is counted once, whoever ends it and however often."""

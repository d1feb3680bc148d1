from collections.abc import Sequence
from typing import Protocol

from push.domain.results import DayTotals


class Statistics(Protocol):
    async def days(self, app: int, days: Sequence[str]) -> list[DayTotals]:
        """The sums of the app's runs that were sent on each day (UTC, such as 2026-11-22), a minute old at most, in
        order. A run that is marked sent is counted once, whoever marks it and however often."""

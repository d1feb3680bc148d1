"""Limits on what one address makes in one app: looked at before, counted after."""

from typing import NamedTuple

from push import logs
from push.domain.errors import TooManyRequests, Unavailable
from push.domain.limits import HOUR_MS, Limited, Limits, hour_of, seconds_left
from push.ports import Spent

DEFAULT = Limits()


class Spending(NamedTuple):
    """Whoever calls, as far as limits are concerned."""

    app: int
    address: str
    spent: Spent
    limits: Limits = DEFAULT

    async def refusal(self, what: Limited, amount: int, now: int) -> TooManyRequests | None:
        """What to say to `amount` more, if that is too much."""
        limit = self.limits.of(what)
        if await self.spent.read(self._bucket(what, now)) + amount <= limit:
            return None
        seconds = seconds_left(now)
        return TooManyRequests(f"{limit:,} {what.value} an hour from one address: try again in {seconds} s", seconds)

    async def made(self, what: Limited, amount: int, now: int) -> None:
        """What is made is made, also where it cannot be counted."""
        try:
            await self.spent.add(self._bucket(what, now), amount, now + 2 * HOUR_MS)
        except Unavailable as error:
            logs.event("limit-not-counted", "WARNING", app=self.app, what=what.value, error=error)

    def _bucket(self, what: Limited, now: int) -> str:
        return f"{self.app}|{what.value}|{hour_of(now)}|{self.address}"

"""Limits on what is made in one app: looked at before, counted after."""

from typing import NamedTuple

from push import logs
from push.domain.app import Limits
from push.domain.errors import TooManyRequests, Unavailable
from push.domain.limits import HOUR_MS, Bound, Limited, bounds, hour_of, seconds_left
from push.ports import Spent

# Documents that a whole app's count is spread over: each takes about a write a second for as long as it likes.
SHARDS = 20


class Spending(NamedTuple):
    """Whoever calls, as far as limits are concerned."""

    app: int
    address: str
    spent: Spent

    async def refusal(self, what: Limited, amount: int, now: int, limits: Limits) -> TooManyRequests | None:
        """What to say to `amount` more, if that is too much."""
        for bound in bounds(limits, what):
            if await self.spent.read(*self._bucket(bound, what, now)) + amount > bound.limit:
                seconds = seconds_left(now)
                said = f"{bound.limit:,} {what.value} an hour {bound.words}"
                return TooManyRequests(f"{said}: try again in {seconds} s", seconds)
        return None

    async def made(self, what: Limited, amount: int, now: int, limits: Limits) -> None:
        """What is made is made, also where it cannot be counted."""
        for bound in bounds(limits, what):
            bucket, shards = self._bucket(bound, what, now)
            try:
                await self.spent.add(bucket, amount, now + 2 * HOUR_MS, shards)
            except Unavailable as error:
                logs.event("limit-not-counted", "WARNING", app=self.app, what=what.value, error=error)

    def _bucket(self, bound: Bound, what: Limited, now: int) -> tuple[str, int]:
        """Its name, and how many documents it is spread over."""
        name = f"{self.app}|{what.value}|{hour_of(now)}"
        return (name, SHARDS) if bound.whole_app else (f"{name}|{self.address}", 1)

"""Families of refresh tokens, in memory."""

from collections.abc import Callable

from push.domain.family import Family
from push.ports import Before


class FakeRefreshTokens:
    def __init__(self) -> None:
        self.stored: dict[str, Family] = {}

    async def start(self, family: Family) -> None:
        self.stored[family.id] = family

    async def change(self, id: str, decide: Callable[[Family], Family]) -> Before[Family] | None:
        before = self.stored.get(id)
        if before is None:
            return None
        self.stored[id] = decide(before)
        return Before(before, self.stored[id])

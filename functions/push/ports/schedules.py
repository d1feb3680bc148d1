from typing import Protocol

from push.domain.schedule import Position, Schedule, Search


class Schedules(Protocol):
    async def get(self, id: str) -> Schedule | None: ...

    async def list(
        self, search: Search, limit: int, offset: int, after: Position | None
    ) -> tuple[list[Schedule], Position | None]:
        """In the search's order, ties by id, `limit` of them from `offset` or after a position (whose schedule may be
        gone); and where the page ended, if there are more."""

    async def count(self, search: Search) -> int | None:
        """How many there are; None past 100,000, where counting costs more than it tells."""

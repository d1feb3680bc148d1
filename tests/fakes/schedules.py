"""Schedules as FakeRuns stores them."""

import builtins

from fakes.runs import FakeRuns
from push.domain.schedule import Order, Position, Schedule, Search, position_of
from push.domain.tag import fold


class FakeSchedules:
    def __init__(self, runs: FakeRuns) -> None:
        self._runs = runs
        self.uncountable = False

    async def get(self, id: str) -> Schedule | None:
        return self._runs.schedules.get(id)

    async def list(
        self, search: Search, limit: int, offset: int, after: Position | None
    ) -> tuple[list[Schedule], Position | None]:
        order = search.order
        backwards = order is not Order.NAME
        found = sorted(self._matching(search), key=lambda schedule: position_of(schedule, order), reverse=backwards)
        if after is not None:
            placed = [(position_of(schedule, order), schedule) for schedule in found]
            found = [each for at, each in placed if (at < after if backwards else at > after)]
        page = found[offset : offset + limit]
        return page, position_of(page[-1], order) if len(found) > offset + limit else None

    async def count(self, search: Search) -> int | None:
        return None if self.uncountable else len(self._matching(search))

    def _matching(self, search: Search) -> builtins.list[Schedule]:
        return [
            schedule
            for schedule in self._runs.schedules.values()
            if search.app in (None, schedule.app)
            and search.state in (None, schedule.state)
            and (search.name is None or fold(schedule.name).startswith(fold(search.name)))
            and (search.send_from is None or schedule.send_on >= search.send_from)
            and (search.send_to is None or schedule.send_on <= search.send_to)
        ]

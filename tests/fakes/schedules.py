"""Schedules as FakeRuns stores them."""

import builtins

from fakes.runs import FakeRuns
from push.domain.schedule import Schedule


class FakeSchedules:
    def __init__(self, runs: FakeRuns) -> None:
        self._runs = runs
        self.uncountable = False

    async def get(self, id: str) -> Schedule | None:
        return self._runs.schedules.get(id)

    async def list(
        self, app: int | None, limit: int, offset: int, after: str | None
    ) -> tuple[list[Schedule], str | None]:
        found = sorted(self._of(app), key=lambda schedule: (schedule.created_at, schedule.id), reverse=True)
        if after:
            ids = [schedule.id for schedule in found]
            if after not in ids:
                return [], None
            offset = ids.index(after) + 1
        page = found[offset : offset + limit]
        return page, page[-1].id if len(found) > offset + limit else None

    async def count(self, app: int | None) -> int | None:
        return None if self.uncountable else len(self._of(app))

    def _of(self, app: int | None) -> builtins.list[Schedule]:
        return [schedule for schedule in self._runs.schedules.values() if app is None or schedule.app == app]

"""Schedules in pages, searched by name, state, app and time."""

from push.domain.schedule import Position, Schedule, Search
from push.ports import Schedules
from push.usecases.listing import Listed


async def list_schedules(
    search: Search, limit: int, offset: int, after: Position | None, count: bool, *, schedules: Schedules
) -> Listed[Schedule, Position]:
    items, next_ = await schedules.list(search, limit, offset, after)
    return Listed(items, await schedules.count(search) if count else None, next_)

"""Schedules in pages, searched by name, state, app and time."""

from typing import NamedTuple

from push.domain.schedule import Position, Schedule, Search
from push.ports import Schedules


class Page(NamedTuple):
    """`total` is None where counting costs more than it tells, or nobody asked."""

    items: list[Schedule]
    total: int | None
    next: Position | None


async def list_schedules(
    search: Search, limit: int, offset: int, after: Position | None, count: bool, *, schedules: Schedules
) -> Page:
    items, next_ = await schedules.list(search, limit, offset, after)
    return Page(items, await schedules.count(search) if count else None, next_)

"""Schedules in pages, newest first."""

from typing import NamedTuple

from push.domain.schedule import Schedule
from push.ports import Schedules


class Page(NamedTuple):
    """`total` is None where counting costs more than it tells, or nobody asked."""

    items: list[Schedule]
    total: int | None
    next: str | None


async def list_schedules(
    app: int | None, limit: int, offset: int, after: str | None, count: bool, *, schedules: Schedules
) -> Page:
    items, next_ = await schedules.list(app, limit, offset, after)
    return Page(items, await schedules.count(app) if count else None, next_)

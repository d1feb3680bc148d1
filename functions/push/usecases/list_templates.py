"""Templates in pages, by name."""

from typing import NamedTuple

from push.domain.schedule import Position
from push.domain.template import Template
from push.ports import Templates


class Page(NamedTuple):
    """`total` is None where counting costs more than it tells, or nobody asked."""

    items: list[Template]
    total: int | None
    next: Position | None


async def list_templates(
    name: str | None, limit: int, offset: int, after: Position | None, count: bool, *, templates: Templates
) -> Page:
    """Those whose names begin with `name`, in any spelling."""
    items, next_ = await templates.list(name, limit, offset, after)
    return Page(items, await templates.count(name) if count else None, next_)

"""Templates in pages, by name."""

from push.domain.schedule import Position
from push.domain.template import Template
from push.ports import Templates
from push.usecases.listing import Listed


async def list_templates(
    name: str | None, limit: int, offset: int, after: Position | None, count: bool, *, templates: Templates
) -> Listed[Template, Position]:
    """Those whose names begin with `name`, in any spelling."""
    items, next_ = await templates.list(name, limit, offset, after)
    return Listed(items, await templates.count(name) if count else None, next_)

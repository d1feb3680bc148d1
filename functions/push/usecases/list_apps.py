"""Apps in pages, by id."""

from push.domain.app import App
from push.ports import Apps
from push.usecases.listing import Listed


async def list_apps(limit: int, offset: int, after: str | None, count: bool, *, apps: Apps) -> Listed[App, str]:
    items, next_ = await apps.list(limit, offset, after)
    return Listed(items, await apps.count() if count else None, next_)

"""Who changed what, newest first."""

from push.domain.audit import AuditSearch, Change
from push.ports import Audit
from push.usecases.listing import Listed


async def list_changes(
    wanted: AuditSearch, limit: int, offset: int, after: str | None, count: bool, *, audit: Audit
) -> Listed[Change, str]:
    items, next_ = await audit.list(wanted, limit, offset, after)
    return Listed(items, await audit.count(wanted) if count else None, next_)

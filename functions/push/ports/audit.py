from typing import Protocol

from push.domain.audit import AuditSearch, Change


class Audit(Protocol):
    async def record(self, change: Change) -> None:
        """Keeps it. A change that was made is never undone because it could not be recorded: that is logged."""

    async def list(
        self, wanted: AuditSearch, limit: int, offset: int, after: str | None
    ) -> tuple[list[Change], str | None]:
        """Newest first, ties by id, `limit` of them from `offset` or after a cursor (a change's id); and the cursor of
        the next page, if any."""

    async def count(self, wanted: AuditSearch) -> int | None:
        """How many there are; None past 100,000."""

from typing import Protocol

from push.domain.audit import Change


class Audit(Protocol):
    async def record(self, change: Change) -> None:
        """Keeps it. A change that was made is never undone because it could not be recorded: that is logged."""

    async def list(
        self, resource: str | None, resource_id: str | None, limit: int, after: str | None
    ) -> tuple[list[Change], str | None]:
        """Newest first, and the cursor of the next page, if any."""

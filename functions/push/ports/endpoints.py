from collections.abc import Sequence
from typing import Protocol

from push.domain.device import Target
from push.domain.page import Entry


class Endpoints(Protocol):
    """Under which address Amazon SNS knows a target. It is kept with the target, stays as long as the same device has
    that target, and goes with it."""

    async def of(self, app: int, targets: Sequence[Target]) -> list[str]:
        """Those of an app's targets that have one."""

    async def look(self, app: int, entries: Sequence[Entry]) -> list[Entry]:
        """The same entries, with the endpoint and version of their targets as they are stored now; those whose target
        is not stored stay as they are. At most 500."""

    async def keep(self, app: int, entries: Sequence[Entry]) -> None:
        """Stores their endpoints with their targets, where these are still as they were read; those without a version
        are passed over."""

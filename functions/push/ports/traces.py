from typing import NamedTuple, Protocol

from push.domain.activity import Done
from push.domain.page import Failure


class Trace(NamedTuple):
    """A failure that a run keeps about a device."""

    run: str
    failure: Failure


class Traces(Protocol):
    """What runs keep about single devices, wherever it stands."""

    async def failures(self, device: str, limit: int) -> list[Trace]:
        """Of a device's id, in an order that stays."""

    async def erase_failures(self, device: str, limit: int) -> int:
        """Deletes at most `limit` of them; answers how many went."""

    async def activity(self, device: str, limit: int) -> list[Done]:
        """What a device's id did, in an order that stays."""

    async def erase_activity(self, device: str, limit: int) -> int:
        """Deletes at most `limit` of that; answers how many went. Tallies stay as they were counted."""

    async def erase_alias(
        self, app: int, alias: str, instead: str, until: int, after: str, limit: int
    ) -> tuple[int, str | None]:
        """Looks at `limit` runs of the app after one, in the order of their ids. In those that were made `until` a
        moment (ms) it puts `instead` in the alias's place in their lists, and deletes what they say of an alias without
        a device. How many things it changed, and the last run it looked at, None when there are no more."""

    async def erase_lists(self, app: int, after: str, limit: int) -> str | None:
        """Looks at `limit` runs of the app after one, in the order of their ids, and deletes the lists of whom they
        mean. The last run it looked at, None when there are no more."""

    async def erase_user(self, app: int, user: str, instead: str, after: str, limit: int) -> tuple[int, str | None]:
        """The same of an identified user's id, which nobody gets again: so whenever they were made."""

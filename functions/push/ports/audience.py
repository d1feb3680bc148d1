from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from push.domain.audience import Groups
from push.domain.keyspace import KeyRange
from push.domain.page import Entry


class AudienceStore(Protocol):
    """The audience: every target of an app, in the order of its key."""

    async def estimate(self, app: int, groups: Groups, slice_: KeyRange) -> int | None:
        """How many targets of `slice_` may match, within a few seconds; None if that took too long."""

    def scan(
        self, app: int, groups: Groups, keys: KeyRange, after: str, stale_before: int = 0
    ) -> AsyncIterator[list[Entry]]:
        """Batches of matching targets within `keys` and after position `after`, in order, each exactly once, however
        often the stream behind it must be reopened. Position is the key. Who was last heard of before `stale_before`
        (ms) has the note STALE."""

    async def by_keys(self, app: int, keys: Sequence[str]) -> list[Entry]:
        """One entry a key, in the order given; at most 500. Position is the key."""

    async def by_aliases(self, app: int, aliases: Sequence[str], groups: Groups) -> list[list[Entry]]:
        """For each alias (at most 500) the targets of its device, sorted by key. A device that does not exist or has no
        target is one entry without target; one that does not carry the tags is not meant, so it is no entry at all.
        Position is the key, "" where there is none."""

    def by_users(self, app: int, users: Sequence[str], groups: Groups) -> AsyncIterator[tuple[int, list[Entry]]]:
        """For each user, in the order given, their place among `users` and the targets of all of their devices that
        carry the tags, sorted by key; in several batches of at most 500 where there are more. Who has no target at all
        is one entry without target; whose devices do not carry the tags is not meant, so there is no entry. Position
        is the key, "" where there is none."""

    async def unseen(
        self, app: int, keys: KeyRange, after: str, before: int, limit: int
    ) -> tuple[list[Entry], str | None]:
        """Of the next `limit` targets within `keys` and after a key: those whose device was last heard of before
        `before` (ms), or is gone; and the last key that was looked at, None at the end."""

    async def remove(self, app: int, entries: Sequence[Entry]) -> int:
        """Deletes targets that are still as they were read, and takes them off their devices. How many went."""

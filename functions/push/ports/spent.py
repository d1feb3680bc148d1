from typing import Protocol


class Spent(Protocol):
    """How much was used of what is limited, in buckets that somebody names. Two at one time may both see the last
    of it: this keeps abuse away, it does not count money."""

    async def read(self, bucket: str) -> int:
        """0 for a bucket that nobody has used."""

    async def add(self, bucket: str, amount: int, until: int) -> None:
        """The bucket may be forgotten from `until` (ms) on."""

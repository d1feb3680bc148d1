from typing import Protocol


class Spent(Protocol):
    """How much was used of what is limited, in buckets that somebody names. Two at one time may both see the last
    of it: this keeps abuse away, it does not count money.

    A bucket that many use at once is kept in several `shards`, always as many of them."""

    async def read(self, bucket: str, shards: int = 1) -> int:
        """0 for a bucket that nobody has used. Of several shards as it was within the last five seconds, and what this
        process has added since."""

    async def add(self, bucket: str, amount: int, until: int, shards: int = 1) -> None:
        """The bucket may be forgotten from `until` (ms) on."""

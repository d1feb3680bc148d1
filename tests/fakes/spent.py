"""How much of a limit was used, in memory."""

from collections import Counter


class FakeSpent:
    def __init__(self) -> None:
        self.used: Counter[str] = Counter()

    async def read(self, bucket: str, shards: int = 1) -> int:
        return self.used[bucket]

    async def add(self, bucket: str, amount: int, until: int, shards: int = 1) -> None:
        self.used[bucket] += amount

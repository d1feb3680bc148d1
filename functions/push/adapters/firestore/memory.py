"""What a process found of late, so that what every call looks at is not read for every call."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """What was found, for a minute and at most 10,000 of it."""

    SECONDS = 60.0
    MOST = 10_000

    def __init__(self) -> None:
        self._rows: dict[str, tuple[float, T]] = {}

    def get(self, key: str) -> T | None:
        row = self._rows.get(key)
        return row[1] if row is not None and time.monotonic() - row[0] < self.SECONDS else None

    def drop_where(self, gone: Callable[[T], bool]) -> None:
        self._rows = {key: row for key, row in self._rows.items() if not gone(row[1])}

    def put(self, key: str, value: T) -> None:
        if len(self._rows) >= self.MOST:
            self._rows.clear()
        self._rows[key] = (time.monotonic(), value)

    def drop(self, key: str) -> None:
        self._rows.pop(key, None)

    async def recall(self, key: str, find: Callable[[], Awaitable[T | None]]) -> T | None:
        """What was found of late, or what `find` finds now. That there is nothing is not remembered."""
        found = self.get(key)
        if found is None:
            found = await find()
            if found is not None:
                self.put(key, found)
        return found

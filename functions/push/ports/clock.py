from typing import Protocol


class Clock(Protocol):
    def now(self) -> int:
        """This machine's clock, in ms."""

    async def sleep(self, seconds: float) -> None: ...

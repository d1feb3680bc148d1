"""A clock that only moves when told to."""


class FakeClock:
    def __init__(self, now: int = 1_800_000_000_000) -> None:
        self.time = now

    def now(self) -> int:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += int(1000 * seconds)

    def pass_ms(self, ms: int) -> None:
        self.time += ms

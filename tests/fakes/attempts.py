"""Wrong passwords, in memory."""

from push.domain.attempts import recent


class FakeAttempts:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, ...]] = {}

    async def failures(self, name: str, now: int) -> tuple[int, ...]:
        return recent(self.kept.get(_key(name), ()), now)

    async def failed(self, name: str, now: int) -> None:
        self.kept[_key(name)] = recent((*self.kept.get(_key(name), ()), now), now)


def _key(name: str) -> str:
    return name.strip().casefold()

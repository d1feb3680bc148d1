"""Endpoints beside the fake audience, whose targets they are of."""

from collections.abc import Sequence

from fakes.audience import FakeAudience
from push.domain.device import Target
from push.domain.page import Entry


class FakeEndpoints:
    def __init__(self, audience: FakeAudience) -> None:
        self._audience = audience

    async def of(self, app: int, targets: Sequence[Target]) -> list[str]:
        keys = [self._audience.key(target) for target in targets]
        return [entry.endpoint for entry in await self._audience.by_keys(app, keys) if entry.endpoint]

    async def look(self, app: int, entries: Sequence[Entry]) -> list[Entry]:
        stored = await self._audience.by_keys(app, [entry.key for entry in entries])
        return [
            entry._replace(version=now.version, endpoint=now.endpoint) if now.device == entry.device else entry
            for entry, now in zip(entries, stored, strict=True)
        ]

    async def keep(self, app: int, entries: Sequence[Entry]) -> None:
        for entry, now in zip(entries, await self.look(app, entries), strict=True):
            if entry.version is not None and (now.version, now.endpoint) == (entry.version, now.endpoint):
                self._audience.endpoints[app, entry.key, entry.device] = entry.endpoint

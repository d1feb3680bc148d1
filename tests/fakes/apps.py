"""Apps, in memory."""

from collections.abc import Callable

from push.domain.app import App
from push.domain.errors import Conflict
from push.ports import Before


class FakeApps:
    """`broken` is raised by every read, as when the store is down or wrong."""

    def __init__(self) -> None:
        self.stored: dict[int, App] = {}
        self.broken: Exception | None = None

    async def get(self, app: int) -> App | None:
        if self.broken is not None:
            raise self.broken
        return self.stored.get(app)

    async def recall(self, app: int) -> App | None:
        return await self.get(app)

    async def by_client(self, client_id: str) -> App | None:
        found = [app for app in self.stored.values() if any(client.id == client_id for client in app.clients)]
        return found[0] if found else None

    async def put(self, app: App) -> None:
        self.stored[app.id] = app

    async def create(self, app: App) -> None:
        if app.id in self.stored:
            raise Conflict("the id is taken")
        self.stored[app.id] = app

    async def change(self, app: int, decide: Callable[[App], App]) -> Before[App] | None:
        before = self.stored.get(app)
        if before is None:
            return None
        self.stored[app] = decide(before)
        return Before(before, self.stored[app])

    async def delete(self, app: int, by: str | None = None) -> App | None:
        if app in self.stored and by in (None, self.stored[app].deleting):
            return self.stored.pop(app)
        return None

    async def last(self) -> int:
        return max(self.stored, default=0)

    async def count(self) -> int:
        return len(self.stored)

    async def list(self, limit: int, offset: int, after: str | None) -> tuple[list[App], str | None]:
        if after is not None:
            offset = sum(id <= int(after) for id in self.stored) if after.isdecimal() else len(self.stored)
        found = sorted(self.stored.values(), key=lambda app: app.id)[offset:]
        return found[:limit], str(found[limit - 1].id) if len(found) > limit else None

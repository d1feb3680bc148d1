"""Apps, in memory."""

from push.domain.app import App


class FakeApps:
    """`broken` is raised by every read, as when the store is down or wrong."""

    def __init__(self) -> None:
        self.stored: dict[int, App] = {}
        self.broken: Exception | None = None

    async def get(self, app: int) -> App | None:
        if self.broken is not None:
            raise self.broken
        return self.stored.get(app)

    async def by_client(self, client_id: str) -> App | None:
        found = [app for app in self.stored.values() if any(client.id == client_id for client in app.clients)]
        return found[0] if found else None

    async def put(self, app: App) -> None:
        self.stored[app.id] = app

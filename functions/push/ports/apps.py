from collections.abc import Callable
from typing import Protocol

from push.domain.app import App
from push.ports.versions import Before


class Apps(Protocol):
    async def get(self, app: int) -> App | None: ...

    async def recall(self, app: int) -> App | None:
        """The same, as it was at some moment of the last minute: for what every sync of a device looks at."""

    async def by_client(self, client_id: str) -> App | None:
        """The app that a client id belongs to."""

    async def put(self, app: App) -> None:
        """Stores it over whatever is there: for seeds and imports. Who edits uses `create` and `change`."""

    async def create(self, app: App) -> None:
        """Raises Conflict when the id is taken."""

    async def change(self, app: int, decide: Callable[[App], App]) -> Before[App] | None:
        """Stores what `decide` makes of it, atomically; None for an unknown app. `decide` may raise, and may be called
        more than once."""

    async def delete(self, app: int, by: str | None = None) -> App | None:
        """What was deleted. With `by` only an app that is being deleted by that job."""

    async def last(self) -> int:
        """The highest id that is taken, 0 where none is."""

    async def count(self) -> int: ...

    async def list(self, limit: int, offset: int, after: str | None) -> tuple[list[App], str | None]:
        """By id, `limit` of them from `offset` or after a cursor; and the cursor of the next page, if any."""

from collections.abc import Callable
from typing import Protocol

from push.domain.user import User
from push.ports.versions import Before


class Users(Protocol):
    """Identified users, each of one app. `create` and `change` raise Conflict where another user of the app has the
    email, in any spelling, or the identity. All of it is decided by the store, however many write at once."""

    async def get(self, app: int, id: str) -> User | None: ...

    async def recall(self, app: int, id: str) -> User | None:
        """The same, as it was at some moment of the last minute: for what every call looks at."""

    async def by_email(self, app: int, email: str) -> User | None:
        """In any spelling."""

    async def by_identity(self, app: int, identity: str) -> User | None: ...

    async def create(self, user: User) -> None: ...

    async def change(self, app: int, id: str, decide: Callable[[User], User]) -> Before[User] | None:
        """Stores what `decide` makes of it, atomically; None for an unknown id. `decide` may raise, and may be called
        more than once."""

    async def delete(self, app: int, id: str) -> User | None:
        """What was deleted."""

    async def clear(self, app: int, limit: int) -> int:
        """Deletes at most `limit` users of an app; answers how many went."""

    async def having(self, identity: str, limit: int) -> list[User]:
        """At most `limit` users, of whatever app, that log in with an identity: apps may share a Firebase project."""

    async def count(self, app: int) -> int | None:
        """How many there are; None past 100,000, where counting costs more than it tells."""

    async def list(self, app: int, limit: int, offset: int, after: str | None) -> tuple[list[User], str | None]:
        """By id, `limit` of them from `offset` or after an id (whose user may be gone); and the id to go on after, if
        there are more."""

"""Identified users, in memory."""

from collections.abc import Callable

from push.domain.errors import Conflict
from push.domain.user import User, fold_email
from push.ports import Before


class FakeUsers:
    """By app and id."""

    def __init__(self) -> None:
        self.stored: dict[tuple[int, str], User] = {}

    async def get(self, app: int, id: str) -> User | None:
        return self.stored.get((app, id))

    async def recall(self, app: int, id: str) -> User | None:
        return await self.get(app, id)

    async def by_email(self, app: int, email: str) -> User | None:
        return self._found(app, "email", fold_email(email))

    async def by_identity(self, app: int, identity: str) -> User | None:
        return self._found(app, "identity", identity)

    async def create(self, user: User) -> None:
        self._check(user)
        self.stored[user.app, user.id] = user

    async def change(self, app: int, id: str, decide: Callable[[User], User]) -> Before[User] | None:
        before = await self.get(app, id)
        if before is None:
            return None
        after = decide(before)
        self._check(after)
        self.stored[app, id] = after
        return Before(before, after)

    async def delete(self, app: int, id: str) -> User | None:
        return self.stored.pop((app, id), None)

    async def clear(self, app: int, limit: int) -> int:
        gone = sorted(at for at in self.stored if at[0] == app)[:limit]
        for at in gone:
            del self.stored[at]
        return len(gone)

    async def having(self, identity: str, limit: int) -> list[User]:
        return [user for user in self.stored.values() if user.identity == identity][:limit]

    async def count(self, app: int) -> int | None:
        return sum(of == app for of, _ in self.stored)

    async def list(self, app: int, limit: int, offset: int, after: str | None) -> tuple[list[User], str | None]:
        found = sorted((user for user in self.stored.values() if user.app == app), key=lambda user: user.id)
        found = [user for user in found if user.id > after] if after is not None else found[offset:]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def _check(self, user: User) -> None:
        for kind, value in user.logins:
            holder = self._found(user.app, kind, value)
            if holder is not None and holder.id != user.id:
                raise Conflict(f"another user has this {kind}")

    def _found(self, app: int, kind: str, value: str) -> User | None:
        users = (user for user in self.stored.values() if user.app == app)
        return next((user for user in users if (kind, value) in user.logins), None)

"""`users/{app}-{id}`, with their `logins` in the same transaction.

An id alone names nobody: somebody who uses two apps of one customer may have the same id in both, imported as it was.
"""

from collections.abc import Callable
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.bulk import BulkWriter
from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.counting import counted
from push.adapters.firestore.errors import translated
from push.adapters.firestore.logins import Logins, login_document
from push.adapters.firestore.memory import Memory
from push.domain.ids import Keys
from push.domain.user import User, fold_email
from push.ports import Before

_CODEC = Codec(User, times=("created_at", "updated_at"))


class FirestoreUsers:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._logins = Logins(database, keys)
        self._recent: Memory[User] = Memory()

    async def get(self, app: int, id: str) -> User | None:
        if not is_document_id(name_of(app, id)):
            return None
        return _of(app, await self._database.read(self._user(app, id)))

    async def recall(self, app: int, id: str) -> User | None:
        return await self._recent.recall(name_of(app, id), lambda: self.get(app, id))

    async def by_email(self, app: int, email: str) -> User | None:
        return await self._found(app, "email", fold_email(email))

    async def by_identity(self, app: int, identity: str) -> User | None:
        return await self._found(app, "identity", identity)

    async def create(self, user: User) -> None:
        async def work(transaction: Any) -> None:
            logins = self._logins.of(user.app, user)
            await self._logins.check(transaction, user, logins)
            self._store(transaction, user, logins)

        await self._database.transact(work)

    async def change(self, app: int, id: str, decide: Callable[[User], User]) -> Before[User] | None:
        async def work(transaction: Any) -> Before[User] | None:
            before = _of(app, await self._user(app, id).get(transaction=transaction))
            if before is None:
                return None
            after = decide(before)
            had, has = self._logins.of(app, before), self._logins.of(app, after)
            await self._logins.check(transaction, after, {key: kind for key, kind in has.items() if key not in had})
            for key in had.keys() - has.keys():
                transaction.delete(self._logins.document(key))
            if after != before:
                self._store(transaction, after, has)
            return Before(before, after)

        changed = await self._database.transact(work) if is_document_id(name_of(app, id)) else None
        self._recent.drop(name_of(app, id))
        return changed

    async def delete(self, app: int, id: str) -> User | None:
        async def work(transaction: Any) -> User | None:
            user = _of(app, await self._user(app, id).get(transaction=transaction))
            if user is None:
                return None
            for key in self._logins.of(app, user):
                transaction.delete(self._logins.document(key))
            transaction.delete(self._user(app, id))
            return user

        deleted = await self._database.transact(work) if is_document_id(name_of(app, id)) else None
        self._recent.drop(name_of(app, id))
        return deleted

    async def clear(self, app: int, limit: int) -> int:
        with translated():
            found = [_CODEC.decode(snapshot.to_dict()) async for snapshot in self._by_app(app).limit(limit).stream()]
        writer = BulkWriter(self._database)
        for user in found:
            for key in self._logins.of(app, user):
                writer.remove(self._logins.document(key))
            writer.remove(self._user(app, user.id))
        await writer.flush()
        return len(found)

    async def having(self, identity: str, limit: int) -> list[User]:
        query = self._users().where(filter=FieldFilter("identity", "==", identity)).limit(limit)
        with translated():
            return [_CODEC.decode(snapshot.to_dict()) async for snapshot in query.stream()]

    async def count(self, app: int) -> int | None:
        return await counted(self._by_app(app))

    async def list(self, app: int, limit: int, offset: int, after: str | None) -> tuple[list[User], str | None]:
        query = self._by_app(app).order_by("__name__")
        if after is not None:
            if not is_document_id(name_of(app, after)):
                return [], None
            query = query.start_after({"__name__": self._user(app, after)})
        elif offset:
            query = query.offset(offset)
        with translated():
            found = [_CODEC.decode(snapshot.to_dict()) async for snapshot in query.limit(limit + 1).stream()]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def _found(self, app: int, kind: str, value: str) -> User | None:
        id = await self._logins.holder(app, kind, value)
        user = await self.get(app, id) if id is not None else None
        # An import may have given the user another one, and left this behind.
        return user if user is not None and (kind, value) in user.logins else None

    def _store(self, transaction: Any, user: User, logins: dict[str, str]) -> None:
        transaction.set(self._user(user.app, user.id), _CODEC.encode(user))
        for key in logins:
            transaction.set(self._logins.document(key), login_document(user))

    def _by_app(self, app: int) -> Any:
        return self._users().where(filter=FieldFilter("app", "==", app))

    def _users(self) -> Any:
        return self._database.client.collection("users")

    def _user(self, app: int, id: str) -> Any:
        return self._database.client.document(f"users/{name_of(app, id)}")


def _of(app: int, snapshot: Any) -> User | None:
    user = _CODEC.decode(snapshot.to_dict()) if snapshot.exists else None
    return user if user is not None and user.app == app else None


def name_of(app: int, id: str) -> str:
    """A user's document among those of all apps; it sorts by id within the app."""
    return f"{app}-{id}"

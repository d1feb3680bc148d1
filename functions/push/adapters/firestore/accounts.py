"""`accounts/{key}`: the key is a hash of the name, so that a name exists once."""

from collections.abc import Callable
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import translated
from push.adapters.firestore.memory import Memory
from push.domain.account import ADMIN, ROLES, Account
from push.domain.errors import Conflict
from push.domain.ids import Keys
from push.ports import Before

_CODEC = Codec(Account, times=("created_at",))
LAST_ADMIN = "this is the last admin: make another account one first"


class FirestoreAccounts:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._recent: Memory[Account] = Memory()

    async def get(self, username: str) -> Account | None:
        snapshot = await self._database.read(self._document(username))
        return _CODEC.decode(snapshot.to_dict()) if snapshot.exists else None

    async def recall(self, username: str) -> Account | None:
        return await self._recent.recall(self._keys.account(username), lambda: self.get(username))

    async def by_id(self, id: str) -> Account | None:
        with translated():
            async for snapshot in self._by_id(id).stream():
                return _CODEC.decode(snapshot.to_dict())
        return None

    async def put(self, account: Account) -> None:
        with translated():
            await self._document(account.username).set(_CODEC.encode(account))
        self._recent.drop(self._keys.account(account.username))

    async def create(self, account: Account) -> None:
        reference = self._document(account.username)

        async def work(transaction: Any) -> None:
            snapshot = await reference.get(transaction=transaction)
            # The id is random: one with ours is ours, and its answer was lost.
            if snapshot.exists and snapshot.get("id") != account.id:
                raise Conflict("an account has this username: choose another one")
            await self._check_role(transaction, account)
            transaction.set(reference, _CODEC.encode(account))

        await self._database.transact(work)

    async def change(self, id: str, decide: Callable[[Account], Account]) -> Before[Account] | None:
        async def work(transaction: Any) -> Before[Account] | None:
            snapshot = await self._first(transaction, id)
            if snapshot is None:
                return None
            before = _CODEC.decode(snapshot.to_dict())
            after = decide(before)
            if after.role != before.role:
                await self._check_role(transaction, after)
            if before.is_admin and not after.is_admin:
                await self._check_admins(transaction, id)
            transaction.set(snapshot.reference, _CODEC.encode(after))
            return Before(before, after)

        changed = await self._database.transact(work)
        if changed is not None:
            self._recent.drop(self._keys.account(changed.after.username))
        return changed

    async def delete(self, id: str) -> Account | None:
        async def work(transaction: Any) -> Account | None:
            snapshot = await self._first(transaction, id)
            if snapshot is None:
                return None
            account = _CODEC.decode(snapshot.to_dict())
            if account.is_admin:
                await self._check_admins(transaction, id)
            transaction.delete(snapshot.reference)
            return account

        deleted = await self._database.transact(work)
        if deleted is not None:
            self._recent.drop(self._keys.account(deleted.username))
        return deleted

    async def count(self) -> int:
        with translated():
            result = await self._accounts().count().get()
        return int(result[0][0].value)

    async def list(self, limit: int, offset: int, after: str | None) -> tuple[list[Account], str | None]:
        query = self._accounts().order_by("username")
        if after is not None:
            anchor = await self.by_id(after)
            if anchor is None:
                return [], None
            query = query.start_after({"username": anchor.username})
        elif offset:
            query = query.offset(offset)
        with translated():
            found = [_CODEC.decode(snapshot.to_dict()) async for snapshot in query.limit(limit + 1).stream()]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def _check_role(self, transaction: Any, account: Account) -> None:
        if account.role not in ROLES:
            role = await self._database.client.document(f"roles/{account.role}").get(transaction=transaction)
            if not role.exists:
                raise Conflict("the role is gone: choose another one")

    async def _check_admins(self, transaction: Any, but: str) -> None:
        admins = self._accounts().where(filter=FieldFilter("role", "==", ADMIN))
        async for snapshot in admins.stream(transaction=transaction):
            account = _CODEC.decode(snapshot.to_dict())
            if account.is_admin and account.id != but:
                return
        raise Conflict(LAST_ADMIN)

    async def _first(self, transaction: Any, id: str) -> Any:
        async for snapshot in self._by_id(id).stream(transaction=transaction):
            return snapshot
        return None

    def _by_id(self, id: str) -> Any:
        return self._accounts().where(filter=FieldFilter("id", "==", id)).limit(1)

    def _accounts(self) -> Any:
        return self._database.client.collection("accounts")

    def _document(self, username: str) -> Any:
        return self._database.client.document(f"accounts/{self._keys.account(username)}")

"""Accounts and the roles that they have, in memory."""

from collections.abc import Callable

from push.domain.account import ROLES, Account
from push.domain.errors import Conflict
from push.domain.role import Role
from push.ports import Before


class FakeAccounts:
    """By name. `roles` are those that FakeRoles stores."""

    def __init__(self) -> None:
        self.stored: dict[str, Account] = {}
        self.roles: dict[str, Role] = {}

    async def get(self, username: str) -> Account | None:
        return self.stored.get(_name(username))

    async def recall(self, username: str) -> Account | None:
        return await self.get(username)

    async def by_id(self, id: str) -> Account | None:
        return next((account for account in self.stored.values() if account.id == id), None)

    async def put(self, account: Account) -> None:
        self.stored[_name(account.username)] = account

    async def create(self, account: Account) -> None:
        if _name(account.username) in self.stored:
            raise Conflict("the name is taken")
        self._check_role(account)
        await self.put(account)

    async def change(self, id: str, decide: Callable[[Account], Account]) -> Before[Account] | None:
        before = await self.by_id(id)
        if before is None:
            return None
        after = decide(before)
        if after.role != before.role:
            self._check_role(after)
        if before.is_admin and not after.is_admin:
            self._check_admins(id)
        await self.put(after)
        return Before(before, after)

    async def delete(self, id: str) -> Account | None:
        account = await self.by_id(id)
        if account is not None:
            if account.is_admin:
                self._check_admins(id)
            del self.stored[_name(account.username)]
        return account

    async def count(self) -> int:
        return len(self.stored)

    async def list(self, limit: int, offset: int, after: str | None) -> tuple[list[Account], str | None]:
        found = sorted(self.stored.values(), key=lambda account: account.username)
        if after is not None:
            ids = [account.id for account in found]
            offset = ids.index(after) + 1 if after in ids else len(ids)
        found = found[offset:]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def _check_role(self, account: Account) -> None:
        if account.role not in ROLES and account.role not in self.roles:
            raise Conflict("the role is gone")

    def _check_admins(self, but: str) -> None:
        if not any(account.is_admin and account.id != but for account in self.stored.values()):
            raise Conflict("the last admin")


class FakeRoles:
    def __init__(self, accounts: FakeAccounts) -> None:
        self._accounts = accounts
        self.stored = accounts.roles

    async def get(self, name: str) -> Role | None:
        return self.stored.get(name)

    async def recall(self, name: str) -> Role | None:
        return await self.get(name)

    async def create(self, role: Role) -> None:
        if role.name in self.stored:
            raise Conflict("the name is taken")
        self.stored[role.name] = role

    async def change(self, name: str, decide: Callable[[Role], Role]) -> Before[Role] | None:
        before = self.stored.get(name)
        if before is None:
            return None
        self.stored[name] = decide(before)
        return Before(before, self.stored[name])

    async def delete(self, name: str) -> Role | None:
        if any(account.role == name for account in self._accounts.stored.values()):
            raise Conflict("at least 1 account has it")
        return self.stored.pop(name, None)

    async def all(self) -> list[Role]:
        return [self.stored[name] for name in sorted(self.stored)]


def _name(username: str) -> str:
    return username.strip().casefold()

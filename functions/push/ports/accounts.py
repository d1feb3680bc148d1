from collections.abc import Callable
from typing import Protocol

from push.domain.account import Account
from push.domain.role import Role
from push.ports.versions import Before


class Accounts(Protocol):
    """Both `create` and `change` raise Conflict when the account's role is gone by then; `change` and `delete` when no
    enabled admin would be left. All of it is decided by the store, however many write at once."""

    async def get(self, username: str) -> Account | None:
        """Names compare without case."""

    async def recall(self, username: str) -> Account | None:
        """The same, as it was at some moment of the last minute: for what every call looks at."""

    async def by_id(self, id: str) -> Account | None: ...

    async def put(self, account: Account) -> None:
        """Stores it over whatever is there: for seeds and imports. Who edits uses `create` and `change`."""

    async def create(self, account: Account) -> None:
        """Raises Conflict when the name is taken."""

    async def change(self, id: str, decide: Callable[[Account], Account]) -> Before[Account] | None:
        """Stores what `decide` makes of it, atomically; None for an unknown id. The name stays. `decide` may raise, and
        may be called more than once."""

    async def delete(self, id: str) -> Account | None:
        """What was deleted."""

    async def count(self) -> int: ...

    async def list(self, limit: int, offset: int, after: str | None) -> tuple[list[Account], str | None]:
        """By name, `limit` of them from `offset` or after a cursor; and the cursor of the next page, if any."""


class Roles(Protocol):
    """Roles that were made here; HALO's three are not stored."""

    async def get(self, name: str) -> Role | None: ...

    async def recall(self, name: str) -> Role | None:
        """The same, as it was at some moment of the last minute."""

    async def create(self, role: Role) -> None:
        """Raises Conflict when the name is taken."""

    async def change(self, name: str, decide: Callable[[Role], Role]) -> Before[Role] | None:
        """As that of accounts."""

    async def delete(self, name: str) -> Role | None:
        """What was deleted. Raises Conflict while an account has it, also one that is being made."""

    async def all(self) -> list[Role]:
        """By name; the first 1,000, which is far more than MAX_ROLES."""

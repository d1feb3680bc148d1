"""Accounts in pages, by name; one of them; one's own."""

from push.domain.account import Account, Caller
from push.domain.errors import NotFound
from push.ports import Accounts
from push.usecases.guard_accounts import UNKNOWN
from push.usecases.listing import Listed


async def list_accounts(
    limit: int, offset: int, after: str | None, count: bool, *, accounts: Accounts
) -> Listed[Account, str]:
    items, next_ = await accounts.list(limit, offset, after)
    return Listed(items, await accounts.count() if count else None, next_)


async def read_account(id: str, *, accounts: Accounts) -> Account:
    """Raises NotFound."""
    return _found(await accounts.by_id(id))


async def read_self(caller: Caller, *, accounts: Accounts) -> Account:
    """Raises NotFound for somebody whom another issuer vouches for."""
    if caller.outsider:
        raise NotFound(f"{caller.subject} has no account here: who issued your token keeps it")
    return _found(await accounts.get(caller.subject))


def _found(account: Account | None) -> Account:
    if account is None:
        raise NotFound(UNKNOWN)
    return account

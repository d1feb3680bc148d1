"""An account goes, and its tokens with it."""

from push.domain.account import Account, Caller
from push.domain.audit import Action
from push.domain.errors import NotFound
from push.ports import Accounts, Audit, Clock, Roles
from push.usecases.guard_accounts import UNKNOWN, check_account
from push.usecases.record_change import record_change


async def delete_account(
    caller: Caller, id: str, *, accounts: Accounts, roles: Roles, audit: Audit, clock: Clock
) -> Account:
    """Raises NotFound, Conflict for the last admin, Forbidden for an account with more rights than the caller's."""
    await check_account(caller, id, accounts, roles)
    account = await accounts.delete(id)
    if account is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.DELETE, "account", id, account, None, audit=audit, clock=clock)
    return account

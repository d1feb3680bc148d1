"""A person or server that may log in."""

from collections.abc import Sequence
from typing import NamedTuple

from push.domain.account import Account, Caller
from push.domain.audit import Action
from push.domain.ids import new_id
from push.ports import Accounts, Audit, Clock, Passwords, Roles
from push.usecases.guard_accounts import check_role
from push.usecases.record_change import record_change


class NewAccount(NamedTuple):
    username: str
    password: str
    role: str
    ip_ranges: Sequence[str]
    disabled: bool


async def create_account(
    caller: Caller,
    said: NewAccount,
    *,
    accounts: Accounts,
    roles: Roles,
    passwords: Passwords,
    audit: Audit,
    clock: Clock,
) -> Account:
    """Raises Conflict when the name is taken, Invalid and Forbidden as check_role does."""
    await check_role(caller, said.role, roles)
    account = Account(
        id=new_id(),
        username=said.username,
        password_hash=await passwords.hash(said.password),
        role=said.role,
        created_at=clock.now(),
        disabled=said.disabled,
        ip_ranges=tuple(said.ip_ranges),
        stamp=new_id(),
    )
    await accounts.create(account)
    await record_change(caller, Action.CREATE, "account", account.id, None, account, audit=audit, clock=clock)
    return account

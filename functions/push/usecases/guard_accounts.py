"""Nobody gives away, or takes over, more than they have themselves."""

from collections.abc import Iterable

from push.domain.account import ROLES, Account, Caller, Right
from push.domain.errors import Conflict, Forbidden, NotFound, invalid
from push.ports import Accounts, Roles

UNKNOWN = "no such account: GET core/user lists them"


def check_rights(caller: Caller, rights: Iterable[Right], what: str) -> None:
    """Raises Forbidden when `rights` hold one that the caller lacks."""
    lacking = [right.value for right in Right if right in set(rights) - caller.rights]
    if lacking:
        raise Forbidden(f"{what} with rights that you do not have yourself: {', '.join(lacking)}")


async def check_role(caller: Caller, name: str, roles: Roles) -> None:
    """Raises Invalid for a role that does not exist, Forbidden for one with more rights than the caller's."""
    role = None if name in ROLES else await roles.get(name)
    if role is None and name not in ROLES:
        message = "is not a role: GET core/role lists them"
        raise invalid("/role", message)
    check_rights(caller, role.rights if role else ROLES[name], "you cannot give a role")


async def check_account(caller: Caller, id: str, accounts: Accounts, roles: Roles) -> Account:
    """The account, for somebody who may change it. Raises NotFound, and Forbidden when its role has more rights."""
    account = await accounts.by_id(id)
    if account is None:
        raise NotFound(UNKNOWN)
    role = None if account.role in ROLES else await roles.get(account.role)
    rights = ROLES.get(account.role, frozenset(role.rights if role else ()))
    check_rights(caller, rights, "you cannot change an account")
    return account


def still(checked: Account, stored: Account) -> Account:
    """Raises Conflict when the account has another role than when it was checked."""
    if stored.role != checked.role:
        raise Conflict("the account is being changed at this moment: read it and try again")
    return stored

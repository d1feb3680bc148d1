"""Another password, by an admin or by whom it belongs to; all tokens that were issued before end."""

from push.domain.account import Account, Caller
from push.domain.audit import Action
from push.domain.errors import Conflict, NotFound, invalid
from push.domain.ids import new_id
from push.ports import Accounts, Attempts, Audit, Clock, Passwords, Roles
from push.usecases.guard_accounts import UNKNOWN, check_account, still
from push.usecases.limit_attempts import account_name, check_wait
from push.usecases.record_change import record_change


async def set_password(
    caller: Caller,
    id: str,
    password: str,
    *,
    accounts: Accounts,
    roles: Roles,
    passwords: Passwords,
    audit: Audit,
    clock: Clock,
) -> Account:
    """By an admin. Raises NotFound, and Forbidden for an account with more rights than the caller's."""
    checked = await check_account(caller, id, accounts, roles)
    new = {"password_hash": await passwords.hash(password), "stamp": new_id()}
    changed = await accounts.change(id, lambda stored: still(checked, stored).model_copy(update=new))
    if changed is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.UPDATE, "account", id, *changed, audit=audit, clock=clock)
    return changed.after


async def change_own_password(
    caller: Caller,
    old: str,
    password: str,
    *,
    accounts: Accounts,
    passwords: Passwords,
    attempts: Attempts,
    audit: Audit,
    clock: Clock,
) -> Account:
    """Raises Invalid when `old` is not the caller's password, which counts as a wrong try, and TooManyRequests after
    too many of them; Conflict for somebody whom another issuer vouches for."""
    if caller.outsider:
        raise Conflict(f"{caller.subject} has no password here: change it with who issued your token")
    name = account_name(caller.subject)
    await check_wait(name, attempts=attempts, clock=clock)
    account = await accounts.get(caller.subject)
    if account is None:
        raise NotFound(UNKNOWN)
    if not await passwords.verify(account.password_hash, old):
        await attempts.failed(name, clock.now())
        message = "is not your password"
        raise invalid("/oldPassword", message)
    await check_wait(name, attempts=attempts, clock=clock)
    new = {"password_hash": await passwords.hash(password), "stamp": new_id()}

    def decide(stored: Account) -> Account:
        if stored.password_hash != account.password_hash:
            raise Conflict("the password was changed at this moment: log in with the new one")
        return stored.model_copy(update=new)

    changed = await accounts.change(account.id, decide)
    if changed is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.UPDATE, "account", account.id, *changed, audit=audit, clock=clock)
    return changed.after

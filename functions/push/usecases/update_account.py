"""An account gets another role, other ranges, is disabled or enabled; its name stays."""

from collections.abc import Mapping
from typing import Any

from push.domain.account import Account, Caller
from push.domain.audit import Action
from push.domain.errors import NotFound
from push.domain.ids import new_id
from push.ports import Accounts, Audit, Clock, Roles
from push.usecases.guard_accounts import UNKNOWN, check_account, check_role, still
from push.usecases.record_change import record_change


async def update_account(
    caller: Caller, id: str, fields: Mapping[str, Any], *, accounts: Accounts, roles: Roles, audit: Audit, clock: Clock
) -> Account:
    """Changes `fields`, and leaves the rest. Disabling ends its tokens for good: enabled again, it must log in again.

    Raises NotFound, Conflict for the last admin, and what check_role raises.
    """
    checked = await check_account(caller, id, accounts, roles)
    if fields.get("role", checked.role) != checked.role:
        await check_role(caller, fields["role"], roles)
    stamp = new_id()

    def decide(stored: Account) -> Account:
        after = still(checked, stored).model_copy(update=dict(fields))
        return after.model_copy(update={"stamp": stamp}) if after.disabled and not stored.disabled else after

    changed = await accounts.change(id, decide)
    if changed is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.UPDATE, "account", id, *changed, audit=audit, clock=clock)
    return changed.after

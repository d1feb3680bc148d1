"""Roles of one's own: made, changed, removed. HALO's three are as they are."""

from collections.abc import Mapping
from typing import Any

from push.domain.account import ROLES, Caller
from push.domain.audit import Action
from push.domain.errors import Conflict, NotFound
from push.domain.role import MAX_ROLES, Role
from push.ports import Audit, Clock, Roles
from push.usecases.guard_accounts import check_rights
from push.usecases.read_roles import UNKNOWN
from push.usecases.record_change import record_change

_FIXED = "this is one of HALO's own roles, which do not change: make another role"


async def create_role(caller: Caller, role: Role, *, roles: Roles, audit: Audit, clock: Clock) -> Role:
    """Raises Conflict when the name is taken, Forbidden for more rights than the caller's."""
    check_rights(caller, role.rights, "you cannot make a role")
    if role.name in ROLES:
        raise Conflict("a role has this name: choose another one")
    if len(await roles.all()) >= MAX_ROLES:
        raise Conflict(f"there are {MAX_ROLES} roles already: delete one first")
    made = role.model_copy(update={"created_at": clock.now()})
    await roles.create(made)
    await record_change(caller, Action.CREATE, "role", role.name, None, made, audit=audit, clock=clock)
    return made


async def update_role(
    caller: Caller, name: str, fields: Mapping[str, Any], *, roles: Roles, audit: Audit, clock: Clock
) -> Role:
    """Whoever has it has the new rights within a minute. Raises NotFound, Conflict for a fixed role, and Forbidden for
    rights given or taken away that the caller lacks."""
    if name in ROLES:
        raise Conflict(_FIXED)

    def decide(stored: Role) -> Role:
        after = stored.model_copy(update=dict(fields))
        # Also what is taken away: who has the role would lose more than the caller may give back, and could then be
        # taken over by them.
        check_rights(caller, set(after.rights) ^ set(stored.rights), "you cannot change a role")
        return after

    changed = await roles.change(name, decide)
    if changed is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.UPDATE, "role", name, *changed, audit=audit, clock=clock)
    return changed.after


async def delete_role(caller: Caller, name: str, *, roles: Roles, audit: Audit, clock: Clock) -> Role:
    """Raises NotFound, and Conflict for a fixed role or one that an account has."""
    if name in ROLES:
        raise Conflict(_FIXED)
    role = await roles.delete(name)
    if role is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.DELETE, "role", name, role, None, audit=audit, clock=clock)
    return role

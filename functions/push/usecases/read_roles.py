"""Roles: HALO's three first, then those that were made here, by name."""

from push.domain.errors import NotFound
from push.domain.role import FIXED, Role
from push.ports import Roles
from push.usecases.listing import Listed

UNKNOWN = "no such role: GET core/role lists them"


async def list_roles(limit: int, offset: int, after: str | None, *, roles: Roles) -> Listed[Role, str]:
    """There are few of them: the whole list is one read."""
    found = [*FIXED.values(), *await roles.all()]
    if after is not None:
        names = [role.name for role in found]
        offset = names.index(after) + 1 if after in names else len(names)
    page = found[offset : offset + limit]
    return Listed(page, len(found), page[-1].name if len(found) > offset + limit else None)


async def read_role(name: str, *, roles: Roles) -> Role:
    """Raises NotFound."""
    role = FIXED.get(name) or await roles.get(name)
    if role is None:
        raise NotFound(UNKNOWN)
    return role

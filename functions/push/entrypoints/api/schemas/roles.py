"""Roles on the wire."""

from typing import Annotated, Any

from pydantic import Field

from push.domain.account import Right
from push.domain.role import Role, in_order
from push.entrypoints.api.schemas.wire import Answer, Strict, at_most_bytes

MAX_DESCRIPTION = 500

RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$", description="lower-case letters, digits, hyphens")]
_Rights = Annotated[list[Right], Field(min_length=1, max_length=len(Right))]
_Description = Annotated[str, Field(max_length=MAX_DESCRIPTION), at_most_bytes(4 * MAX_DESCRIPTION)]


class RoleChangeIn(Strict):
    """What is left out stays as it is; the name cannot be changed."""

    READ_ONLY = frozenset({"fixed", "createdAt"})

    name: str | None = None
    description: _Description | None = None
    rights: _Rights | None = None

    def fields(self) -> dict[str, Any]:
        rights = None if self.rights is None else in_order(frozenset(self.rights))
        return {k: v for k, v in {"description": self.description, "rights": rights}.items() if v is not None}


class RoleIn(RoleChangeIn):
    """One right at least."""

    name: RoleName
    rights: _Rights

    def role(self) -> Role:
        return Role(name=self.name, **self.fields())


class RoleOut(Answer):
    """`fixed`: one of HALO's three, which cannot be changed."""

    name: str
    description: str
    rights: list[Right]
    fixed: bool
    created_at: int | None = None


def role_out(role: Role) -> RoleOut:
    return RoleOut(
        name=role.name,
        description=role.description,
        rights=list(role.rights),
        fixed=role.fixed,
        created_at=None if role.fixed else role.created_at,
    )

"""Roles: named sets of rights. HALO's three are fixed, others are stored."""

from pydantic import BaseModel, ConfigDict

from push.domain.account import ROLES, Right

# Read whole wherever roles are listed; nobody can tell more apart.
MAX_ROLES = 100


class Role(BaseModel):
    """`rights` in HALO's order."""

    model_config = ConfigDict(frozen=True)

    name: str
    description: str = ""
    rights: tuple[Right, ...]
    created_at: int = 0

    @property
    def fixed(self) -> bool:
        return self.name in ROLES


def in_order(rights: frozenset[Right]) -> tuple[Right, ...]:
    return tuple(right for right in Right if right in rights)


FIXED = {name: Role(name=name, description="HALO's own", rights=in_order(rights)) for name, rights in ROLES.items()}

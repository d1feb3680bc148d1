"""Who changed what, and when: kept for admins, never with a secret in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

# Values under these names are never kept. A payload may hold what was meant for one person alone, such as a code.
SECRET_NAMES = frozenset(
    {"password", "secret", "secrets", "hash", "token", "clients", "password_hash", "clientSecret", "stamp", "payload"}
)
HIDDEN = "***"


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CANCEL = "cancel"
    SEND = "send"
    RESUME = "resume"


class Resource(StrEnum):
    """What changes are kept of."""

    APP = "app"
    ACCOUNT = "account"
    ROLE = "role"
    TEMPLATE = "template"
    TAG = "tag"
    SCHEDULE = "schedule"


class Change(BaseModel):
    """One change of an app, account, role, template, tag or schedule. `changes`: field to [before, after]."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: int
    actor: str
    action: Action
    resource: str
    resource_id: str
    app: int | None = None
    changes: Mapping[str, Any] = {}


class AuditSearch(BaseModel):
    """Which changes are wanted: all that is said must hold."""

    model_config = ConfigDict(frozen=True)

    resource: str | None = None
    resource_id: str | None = None
    app: int | None = None
    actor: str | None = None

    def finds(self, change: Change) -> bool:
        said = self.model_dump(exclude_none=True)
        return all(getattr(change, name) == value for name, value in said.items())


def difference(before: BaseModel | None, after: BaseModel | None) -> dict[str, list[Any]]:
    """What differs between two states of a thing, field by field; secrets only as having changed."""
    old = before.model_dump(mode="json") if before else {}
    new = after.model_dump(mode="json") if after else {}
    return {
        name: [HIDDEN, HIDDEN] if name in SECRET_NAMES else [old.get(name), new.get(name)]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }

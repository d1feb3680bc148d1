"""Who changed what, and when: kept for admins, never with a secret in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

# Values under these names are never kept, wherever they stand.
SECRET_NAMES = frozenset(
    {"password", "secret", "secrets", "hash", "token", "clients", "password_hash", "clientSecret", "stamp"}
)
HIDDEN = "***"


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CANCEL = "cancel"
    SEND = "send"


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


def difference(before: BaseModel | None, after: BaseModel | None) -> dict[str, list[Any]]:
    """What differs between two states of a thing, field by field; secrets only as having changed."""
    old = before.model_dump(mode="json") if before else {}
    new = after.model_dump(mode="json") if after else {}
    return {
        name: [HIDDEN, HIDDEN] if name in SECRET_NAMES else [old.get(name), new.get(name)]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }

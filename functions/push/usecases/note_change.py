"""Tells the audit what somebody did to a thing, once it is done."""

from pydantic import BaseModel

from push.domain.account import Caller
from push.domain.audit import Action, Change, difference
from push.domain.ids import new_id
from push.ports import Audit


async def note_change(
    caller: Caller,
    action: Action,
    resource: str,
    resource_id: str,
    at: int,
    before: BaseModel | None,
    after: BaseModel | None,
    *,
    audit: Audit,
    app: int | None = None,
) -> None:
    """`before` is None for what was made, `after` for what is gone."""
    await audit.record(change_of(caller, action, resource, resource_id, at, before, after, app))


def change_of(
    caller: Caller,
    action: Action,
    resource: str,
    resource_id: str,
    at: int,
    before: BaseModel | None,
    after: BaseModel | None,
    app: int | None = None,
) -> Change:
    """The same for a store that keeps it together with the change."""
    return Change(
        id=new_id(),
        at=at,
        actor=caller.subject,
        action=action,
        resource=resource,
        resource_id=resource_id,
        app=app,
        changes=difference(before, after),
    )

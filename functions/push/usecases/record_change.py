"""One line of the audit for one change that was made."""

from pydantic import BaseModel

from push.domain.account import Caller
from push.domain.audit import Action, Change, difference
from push.domain.ids import new_id
from push.ports import Audit, Clock


async def record_change(
    caller: Caller,
    action: Action,
    resource: str,
    resource_id: str,
    before: BaseModel | None,
    after: BaseModel | None,
    *,
    audit: Audit,
    clock: Clock,
    app: int | None = None,
) -> None:
    """Called after the write. A change that changed nothing is not recorded."""
    changes = difference(before, after)
    if changes:
        await audit.record(
            Change(
                id=new_id(),
                at=clock.now(),
                actor=caller.subject,
                action=action,
                resource=resource,
                resource_id=resource_id,
                app=app,
                changes=changes,
            )
        )

"""One line of the audit for one change that was made, and none where nothing changed."""

from pydantic import BaseModel

from push.domain.account import Caller
from push.domain.audit import Action, difference
from push.ports import Audit, Clock
from push.usecases.note_change import note_change


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
    if difference(before, after):
        await note_change(caller, action, resource, resource_id, clock.now(), before, after, audit=audit, app=app)

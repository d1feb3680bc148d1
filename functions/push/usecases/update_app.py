"""An app's settings change; its id and its clients do not."""

from collections.abc import Mapping
from typing import Any

from push.domain.account import Caller
from push.domain.app import App
from push.domain.audit import Action
from push.domain.errors import NotFound
from push.ports import Apps, Audit, Clock
from push.usecases.read_app import UNKNOWN, staying
from push.usecases.record_change import record_change


async def update_app(
    caller: Caller, id: int, fields: Mapping[str, Any], *, apps: Apps, audit: Audit, clock: Clock
) -> App:
    """Changes `fields`, and leaves the rest. Raises NotFound, and Conflict while it is being deleted."""
    changed = await apps.change(id, lambda app: staying(app).model_copy(update=dict(fields)))
    if changed is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.UPDATE, "app", str(id), *changed, audit=audit, clock=clock, app=id)
    return changed.after

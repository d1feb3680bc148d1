"""A new app, with a client that has no secret yet."""

from collections.abc import Mapping
from typing import Any

from push.domain.account import Caller
from push.domain.app import App, Client
from push.domain.audit import Action
from push.domain.errors import Conflict
from push.domain.ids import new_id
from push.ports import Apps, Audit, Clock
from push.usecases.record_change import record_change

# What JavaScript holds exactly, and the contract therefore as well.
HIGHEST_ID = 2**53 - 1
_TRIES = 20


async def create_app(
    caller: Caller, id: int | None, fields: Mapping[str, Any], *, apps: Apps, audit: Audit, clock: Clock
) -> App:
    """Takes the next free id when none is given: the store decides between two who want the same one.

    Raises Conflict when the id is taken.
    """
    client = Client(id=new_id(), secrets=())
    draft = App(id=0, clients=(client,), created_at=clock.now(), **fields)
    app = await _created(draft, apps) if id is None else draft.model_copy(update={"id": id})
    if id is not None:
        await apps.create(app)
    await record_change(caller, Action.CREATE, "app", str(app.id), None, app, audit=audit, clock=clock, app=app.id)
    return app


async def _created(draft: App, apps: Apps) -> App:
    for _ in range(_TRIES):
        app = draft.model_copy(update={"id": await apps.last() + 1})
        if app.id > HIGHEST_ID:
            raise Conflict("the highest id is taken: name a free one")
        try:
            await apps.create(app)
        except Conflict:
            continue
        return app
    raise Conflict("too many apps are being made at this moment: try again")

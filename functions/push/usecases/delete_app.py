"""An app that nobody uses goes."""

from push.domain.account import Caller
from push.domain.app import App
from push.domain.audit import Action
from push.domain.errors import Conflict, NotFound
from push.ports import Apps, Audit, Clock, Devices
from push.usecases.read_app import UNKNOWN
from push.usecases.record_change import record_change


async def delete_app(caller: Caller, id: int, *, apps: Apps, devices: Devices, audit: Audit, clock: Clock) -> App:
    """Raises NotFound, and Conflict while the app has devices."""
    if await devices.any(id):
        raise Conflict("the app has at least 1 device: remove its devices first")
    app = await apps.delete(id)
    if app is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.DELETE, "app", str(id), app, None, audit=audit, clock=clock, app=id)
    return app

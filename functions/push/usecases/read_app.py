"""One app, and what becomes of one that is being deleted."""

from push.domain.app import App
from push.domain.errors import Conflict, NotFound
from push.ports import Apps

UNKNOWN = "no such app: GET core/app lists them"
_UNNAMED = "no such app: check appId"


async def read_app(id: int, *, apps: Apps) -> App:
    """Raises NotFound."""
    app = await apps.get(id)
    if app is None:
        raise NotFound(UNKNOWN)
    return app


async def app_named(id: int, *, apps: Apps) -> App:
    """The app that a call is about. Raises NotFound."""
    app = await apps.get(id)
    if app is None:
        raise NotFound(_UNNAMED)
    return app


async def app_in_use(id: int, *, apps: Apps) -> App:
    """The same, where something new is to come into it. Raises NotFound also while it is being deleted."""
    app = await app_named(id, apps=apps)
    if app.deleting:
        raise NotFound(_UNNAMED)
    return app


def staying(app: App) -> App:
    """Raises Conflict for an app that is being deleted."""
    if app.deleting is not None:
        raise Conflict(f"the app is being deleted: job {app.deleting}")
    return app

"""One app, and what becomes of one that is being deleted."""

from push.domain.app import App
from push.domain.errors import Conflict, NotFound
from push.ports import Apps

UNKNOWN = "no such app: GET core/app lists them"


async def read_app(id: int, *, apps: Apps) -> App:
    """Raises NotFound."""
    app = await apps.get(id)
    if app is None:
        raise NotFound(UNKNOWN)
    return app


def staying(app: App) -> App:
    """Raises Conflict for an app that is being deleted."""
    if app.deleting is not None:
        raise Conflict(f"the app is being deleted: job {app.deleting}")
    return app

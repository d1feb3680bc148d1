"""One app."""

from push.domain.app import App
from push.domain.errors import NotFound
from push.ports import Apps

UNKNOWN = "no such app: GET core/app lists them"


async def read_app(id: int, *, apps: Apps) -> App:
    """Raises NotFound."""
    app = await apps.get(id)
    if app is None:
        raise NotFound(UNKNOWN)
    return app

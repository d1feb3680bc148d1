"""One identified user of an app, or those that an app has."""

from push.domain.errors import NotFound
from push.domain.user import User
from push.ports import Apps, Users
from push.usecases.listing import Listed
from push.usecases.read_app import app_named

UNKNOWN = "no such user in this app"


async def read_user(app: int, id: str, *, users: Users) -> User:
    """Raises NotFound."""
    user = await users.get(app, id)
    if user is None:
        raise NotFound(UNKNOWN)
    return user


async def list_users(
    app: int, email: str | None, limit: int, offset: int, after: str | None, count: bool, *, apps: Apps, users: Users
) -> Listed[User, str]:
    """By id; with an `email` the one who has it, in any spelling. Raises NotFound for an unknown app."""
    await app_named(app, apps=apps)
    if email is not None:
        found = await users.by_email(app, email)
        items = [found] if found is not None and not offset and after is None else []
        return Listed(items, int(found is not None), None)
    items, next_ = await users.list(app, limit, offset, after)
    return Listed(items, await users.count(app) if count else None, next_)

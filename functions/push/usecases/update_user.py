"""What is told of an identified user, or whether they may still log in, changes. How they log in does not."""

from collections.abc import Mapping
from typing import Any

from push.domain.errors import NotFound
from push.domain.user import User
from push.ports import Clock, Users
from push.usecases.read_user import UNKNOWN


async def update_user(app: int, id: str, fields: Mapping[str, Any], *, users: Users, clock: Clock) -> User:
    """Raises NotFound."""
    now = clock.now()

    def decide(before: User) -> User:
        after = before.model_copy(update=dict(fields))
        return after if after == before else after.model_copy(update={"updated_at": now})

    changed = await users.change(app, id, decide)
    if changed is None:
        raise NotFound(UNKNOWN)
    return changed.after

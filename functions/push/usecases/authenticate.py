"""Who a request speaks for, and what they may."""

from push.domain.account import ROLES, Caller
from push.domain.errors import Unauthenticated
from push.ports import Clock, Tokens


async def authenticate(token: str | None, *, tokens: Tokens, clock: Clock) -> Caller:
    """Raises Unauthenticated without a token, BadToken for one that is not ours or has expired."""
    if not token:
        raise Unauthenticated("send an access token: Authorization: Bearer TOKEN (oauth/token issues them)")
    caller = tokens.read_access(token, clock.now())
    return caller.model_copy(update={"rights": ROLES.get(caller.role or "", frozenset())})

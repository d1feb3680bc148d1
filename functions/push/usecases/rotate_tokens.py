"""Refresh tokens: begun with a login, changed with each use, ended when one was copied or is given back."""

from push import logs
from push.domain.account import Caller
from push.domain.errors import BadToken
from push.domain.family import LIFETIME_MS, Family, revoked, used
from push.domain.ids import new_id
from push.ports import Clock, RefreshTokens, Tokens


async def start_family(caller: Caller, *, refresh_tokens: RefreshTokens, clock: Clock) -> Caller:
    """The caller with its place in a new family."""
    family = Family(id=new_id(), subject=caller.subject, app=caller.app, expire_at=clock.now() + LIFETIME_MS)
    await refresh_tokens.start(family)
    return caller.model_copy(update={"family": family.id, "number": family.number})


async def rotate(shown: Caller, today: Caller, *, refresh_tokens: RefreshTokens, clock: Clock) -> Caller:
    """The caller as it is `today`, with the place of the token to issue. `shown` is what its refresh token says.

    Raises BadToken for a token that was revoked or is used again after its grace; the latter ends its family.
    """
    now = clock.now()
    changed = await refresh_tokens.change(shown.family, lambda family: used(family, shown.number, now))
    if changed is None or changed.after.revoked:
        if changed is not None and not changed.before.revoked:
            logs.event("refresh-token-reused", "WARNING", family=shown.family, app=shown.app)
        raise BadToken("the refresh token is no longer good: log in again")
    return today.model_copy(update={"family": shown.family, "number": changed.after.number})


async def revoke_token(token: str, *, tokens: Tokens, refresh_tokens: RefreshTokens, clock: Clock) -> None:
    """Ends the refresh tokens that `token` belongs to. One that is not good is as good as revoked (RFC 7009)."""
    for read in (tokens.read_refresh, tokens.read_access):
        try:
            shown = read(token, clock.now())
        except BadToken:
            continue
        await refresh_tokens.change(shown.family, revoked)

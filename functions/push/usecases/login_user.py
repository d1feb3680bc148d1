"""A user of an app logs in on a phone: the phone is theirs, and gets tokens that speak for them."""

from typing import NamedTuple

from push import logs
from push.domain.account import Caller
from push.domain.errors import Forbidden
from push.domain.identity import Proof
from push.domain.user import User
from push.ports import Apps, Attempts, Clock, Devices, Identities, RefreshTokens, Tokens, Users
from push.usecases.identify_user import identify_user, profile_of
from push.usecases.issue_token import APP_SCOPE, Granted
from push.usecases.link_device import link_device
from push.usecases.prove_identity import directory_of, prove_identity
from push.usecases.rotate_tokens import start_family


class LoggedIn(NamedTuple):
    user: User
    granted: Granted


async def login_user(
    app: int,
    proof: Proof,
    alias: str | None,
    *,
    apps: Apps,
    users: Users,
    identities: Identities,
    devices: Devices,
    attempts: Attempts,
    tokens: Tokens,
    refresh_tokens: RefreshTokens,
    clock: Clock,
) -> LoggedIn:
    """Whoever proves who they are is a user of the app from then on. An alias that no device has yet is no reason to
    turn somebody away: what their token registers is theirs as well.

    Raises WrongCredentials, TooManyRequests, EmailTaken, NotSetUp, NotFound for an unknown app, and Forbidden for a
    user that was disabled here.
    """
    directory = await directory_of(app, apps)
    identity = await prove_identity(app, directory, proof, identities=identities, attempts=attempts, clock=clock)
    profile = profile_of(identity)
    user, _ = await identify_user(app, identity, profile, users=users, devices=devices, clock=clock)
    if user.disabled:
        raise Forbidden("this user is disabled: ask whoever runs the app")
    if alias is not None and await link_device(app, user.id, now=clock.now(), devices=devices, alias=alias) is None:
        logs.event("login-without-device", app=app, device=logs.fingerprint(alias))
    caller = Caller(subject=user.id, app=app, user=user.id, stamp=user.stamp)
    caller = await start_family(caller, refresh_tokens=refresh_tokens, clock=clock)
    return LoggedIn(user, Granted(tokens.issue(caller, clock.now()), APP_SCOPE))

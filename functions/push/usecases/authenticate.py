"""Who a request speaks for, and what they may."""

from push.domain.account import ROLES, Account, Caller, Right
from push.domain.addresses import within
from push.domain.app import App
from push.domain.errors import BadToken, Forbidden, Unauthenticated
from push.domain.user import User
from push.ports import Accounts, Apps, Clock, Outsiders, Roles, Tokens, Users


async def authenticate(
    token: str | None,
    address: str | None,
    *,
    tokens: Tokens,
    outsiders: Outsiders,
    apps: Apps,
    accounts: Accounts,
    roles: Roles,
    users: Users,
    clock: Clock,
) -> Caller:
    """Rights are those of the account's role as it is now, or was within the last minute.

    Raises Unauthenticated without a token; BadToken for one that is not ours, has expired, or whose account or user was
    deleted or disabled, or got another password; Forbidden from an address outside of the account's ranges, and for
    somebody whom another issuer vouches for and who has no role here.
    """
    if not token:
        raise Unauthenticated("send an access token: Authorization: Bearer TOKEN (oauth/token issues them)")
    if outsiders.claims(token):
        return await _outsider(token, outsiders, roles)
    caller = tokens.read_access(token, clock.now())
    if caller.app is not None:
        if caller.user is not None:
            check_user(caller, await users.recall(caller.app, caller.user))
        else:
            await _check_client(caller, caller.app, apps)
        return caller
    account = await accounts.recall(caller.subject)
    if account is None or not speaks_for(caller, account):
        raise BadToken("the token is no longer good: log in again at oauth/token")
    check_address(account, address)
    return Caller(
        subject=account.username, role=account.role, stamp=account.stamp, rights=await rights_of(account.role, roles)
    )


async def _outsider(token: str, outsiders: Outsiders, roles: Roles) -> Caller:
    subject, role, missing = await outsiders.verify(token)
    if role is None:
        raise Forbidden(f"{subject} has no role here: {missing}")
    rights = await rights_of(role, roles)
    if not rights:
        raise Forbidden(f"the role of {subject} does not exist here: GET core/role lists them")
    return Caller(subject=subject, role=role, rights=rights, outsider=True)


def speaks_for(caller: Caller, account: Account) -> bool:
    """Whether a token's caller still is the account of that name."""
    return not account.disabled and caller.stamp == account.stamp


async def _check_client(caller: Caller, id: int, apps: Apps) -> None:
    """Raises BadToken for the token of another app that had the id before. What an app that is gone may not do, each
    use case says by itself."""
    if not _has(await apps.recall(id), caller.subject) and not _has(await apps.get(id), caller.subject):
        raise BadToken("the token's client is gone: get a new one from oauth/token")


def _has(app: App | None, client: str) -> bool:
    return app is None or any(known.id == client for known in app.clients)


def check_user(caller: Caller, user: User | None) -> None:
    """Raises BadToken for the token of a user that is gone, disabled, or was somebody else's when it was issued."""
    if user is None or user.disabled or user.stamp != caller.stamp:
        raise BadToken("the token's user is gone or disabled: log in again")


def check_address(account: Account, address: str | None) -> None:
    """Raises Forbidden from outside of the account's ranges."""
    if not within(address, account.ip_ranges):
        raise Forbidden("this account may not be used from this address: call from one of its IP ranges")


async def rights_of(role: str, roles: Roles) -> frozenset[Right]:
    """What a role allows; nothing for one that does not exist."""
    if role in ROLES:
        return ROLES[role]
    stored = await roles.recall(role)
    return frozenset(stored.rights) if stored else frozenset()

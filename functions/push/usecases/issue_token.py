"""Tokens for apps and accounts, by OAuth 2.0's grants as HALO's clients use them."""

from typing import NamedTuple, NoReturn

from push.domain.account import Account, Caller
from push.domain.app import shows_secret
from push.domain.errors import BadToken, Unauthenticated
from push.ports import Accounts, Apps, Attempts, Clock, IssuedTokens, Passwords, RefreshTokens, Roles, Tokens, Users
from push.usecases.authenticate import check_address, check_user, rights_of, speaks_for
from push.usecases.limit_attempts import account_name, check_wait, client_name
from push.usecases.rotate_tokens import rotate, start_family

APP_SCOPE = "app"


class ClientCredentials(NamedTuple):
    client_id: str
    client_secret: str


class PasswordGrant(NamedTuple):
    username: str
    password: str


class RefreshGrant(NamedTuple):
    """`client` is checked when it is sent: iOS sends it, others do not."""

    refresh_token: str
    client: ClientCredentials | None = None


Grant = ClientCredentials | PasswordGrant | RefreshGrant


class Granted(NamedTuple):
    tokens: IssuedTokens
    scope: str


async def issue_token(
    grant: Grant,
    address: str | None,
    *,
    apps: Apps,
    accounts: Accounts,
    roles: Roles,
    users: Users,
    passwords: Passwords,
    attempts: Attempts,
    tokens: Tokens,
    refresh_tokens: RefreshTokens,
    clock: Clock,
) -> Granted:
    """Raises Unauthenticated for wrong credentials, and never says which part of them was wrong; Forbidden for right
    ones that come from an address outside of the account's ranges; TooManyRequests for a name that was tried too often,
    whether it exists or not."""
    guard = _Guard(attempts, clock, address)
    if isinstance(grant, ClientCredentials):
        caller = await start_family(await _client(grant, apps, guard), refresh_tokens=refresh_tokens, clock=clock)
    elif isinstance(grant, PasswordGrant):
        caller = await _account(grant, accounts, passwords, guard)
        caller = await start_family(caller, refresh_tokens=refresh_tokens, clock=clock)
    else:
        read = tokens.read_refresh(grant.refresh_token, clock.now())
        today = await _refreshed(grant, read, apps, accounts, users, guard)
        caller = await rotate(read, today, refresh_tokens=refresh_tokens, clock=clock)
    scope = APP_SCOPE if caller.is_app else " ".join(sorted(await rights_of(caller.role or "", roles)))
    return Granted(tokens.issue(caller, clock.now()), scope)


class _Guard(NamedTuple):
    """What stands between a name and its token beside the password."""

    attempts: Attempts
    clock: Clock
    address: str | None

    async def check(self, name: str) -> None:
        await check_wait(name, attempts=self.attempts, clock=self.clock)

    async def refuse(self, name: str, detail: str) -> NoReturn:
        await self.attempts.failed(name, self.clock.now())
        raise Unauthenticated(detail)


async def _client(grant: ClientCredentials, apps: Apps, guard: _Guard) -> Caller:
    name = client_name(grant.client_id, guard.address)
    await guard.check(name)
    app = await apps.by_client(grant.client_id)
    if app is None or app.deleting or not shows_secret(app, grant.client_id, grant.client_secret):
        await guard.refuse(name, "client_id and client_secret do not belong together")
    return Caller(subject=grant.client_id, app=app.id)


async def _account(grant: PasswordGrant, accounts: Accounts, passwords: Passwords, guard: _Guard) -> Caller:
    name = account_name(grant.username)
    await guard.check(name)
    account = await accounts.get(grant.username)
    good = await passwords.verify(account.password_hash if account else None, grant.password)
    if account is None or not good or account.disabled:
        await guard.refuse(name, "username and password do not belong together")
    await guard.check(name)
    return _speaking(account, guard.address)


async def _refreshed(
    grant: RefreshGrant, caller: Caller, apps: Apps, accounts: Accounts, users: Users, guard: _Guard
) -> Caller:
    """The caller as it is today: a client may be gone, a role may have changed."""
    client = await _client(grant.client, apps, guard) if grant.client else None
    if caller.user is not None and caller.app is not None:
        if client is not None and client.app != caller.app:
            raise BadToken("the refresh token does not belong to a user of this app")
        app = await apps.get(caller.app)
        check_user(caller, await users.get(caller.app, caller.user) if app and not app.deleting else None)
        return caller
    if caller.is_app:
        app = await apps.by_client(caller.subject)
        if app is None or app.deleting or app.id != caller.app or (client is not None and client.app != app.id):
            raise BadToken("the refresh token does not belong to a client of this app")
        return caller
    account = await accounts.get(caller.subject)
    if account is None or not speaks_for(caller, account):
        raise BadToken("the refresh token does not belong to an account")
    return _speaking(account, guard.address)


def _speaking(account: Account, address: str | None) -> Caller:
    check_address(account, address)
    return Caller(subject=account.username, role=account.role, stamp=account.stamp)

"""Tokens for apps and accounts, by OAuth 2.0's grants as HALO's clients use them (contract §2)."""

from typing import NamedTuple

from push.domain.account import ROLES, Caller
from push.domain.app import shows_secret
from push.domain.errors import BadToken, Unauthenticated
from push.ports import Accounts, Apps, Clock, IssuedTokens, Passwords, Tokens

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
    grant: Grant, *, apps: Apps, accounts: Accounts, passwords: Passwords, tokens: Tokens, clock: Clock
) -> Granted:
    """Raises Unauthenticated for wrong credentials, and never says which part of them was wrong."""
    if isinstance(grant, ClientCredentials):
        caller = await _client(grant, apps)
    elif isinstance(grant, PasswordGrant):
        caller = await _account(grant, accounts, passwords)
    else:
        caller = await _refreshed(grant, tokens.read_refresh(grant.refresh_token, clock.now()), apps, accounts)
    scope = APP_SCOPE if caller.is_app else " ".join(sorted(ROLES.get(caller.role or "", ())))
    return Granted(tokens.issue(caller, clock.now()), scope)


async def _client(grant: ClientCredentials, apps: Apps) -> Caller:
    app = await apps.by_client(grant.client_id)
    if app is None or not shows_secret(app, grant.client_id, grant.client_secret):
        raise Unauthenticated("client_id and client_secret do not belong together")
    return Caller(subject=grant.client_id, app=app.id)


async def _account(grant: PasswordGrant, accounts: Accounts, passwords: Passwords) -> Caller:
    account = await accounts.get(grant.username)
    good = await passwords.verify(account.password_hash if account else None, grant.password)
    if account is None or not good:
        raise Unauthenticated("username and password do not belong together")
    return Caller(subject=account.username, role=account.role)


async def _refreshed(grant: RefreshGrant, caller: Caller, apps: Apps, accounts: Accounts) -> Caller:
    """The caller as it is today: a client may be gone, a role may have changed."""
    client = await _client(grant.client, apps) if grant.client else None
    if caller.is_app:
        app = await apps.by_client(caller.subject)
        if app is None or app.id != caller.app or (client is not None and client.app != app.id):
            raise BadToken("the refresh token does not belong to a client of this app")
        return caller
    account = await accounts.get(caller.subject)
    if account is None:
        raise BadToken("the refresh token does not belong to an account")
    return Caller(subject=account.username, role=account.role)

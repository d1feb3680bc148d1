"""Who calls, and what they may: 401 without a good token, 403 with one that is not enough."""

from collections.abc import Collection
from typing import Annotated

from fastapi import Depends, Request

from push.domain.account import Caller, Right
from push.domain.errors import Forbidden, invalid
from push.entrypoints.api.addresses import client_address
from push.ports import Ports
from push.usecases.authenticate import authenticate

# HALO's own page prints the second name.
_HEADERS = ("authorization", "authentication")


async def ports_of(request: Request) -> Ports:
    ports: Ports = request.app.state.ports
    return ports


PortsOf = Annotated[Ports, Depends(ports_of)]


def credentials(request: Request, scheme: str) -> str | None:
    """What a header carries for `scheme`, None where none does."""
    for header in _HEADERS:
        given, _, value = request.headers.get(header, "").strip().partition(" ")
        # Android's first call says "Bearer null".
        if given.lower() == scheme and value.strip() not in ("", "null"):
            return value.strip()
    return None


async def _caller(request: Request, ports: PortsOf) -> Caller:
    return await authenticate(
        credentials(request, "bearer"),
        client_address(request),
        tokens=ports.tokens,
        outsiders=ports.outsiders,
        apps=ports.apps,
        accounts=ports.accounts,
        roles=ports.roles,
        users=ports.users,
        clock=ports.clock,
    )


CallerOf = Annotated[Caller, Depends(_caller)]


class Needs:
    """The right a route declares: any one of `rights` is enough for an account, or it needs `all` of them; `apps` lets
    apps' own clients in, `users` those who have logged in to an app.

    The dependency keeps what it was made of, so that the rights matrix is generated from the routes.
    """

    def __init__(self, *rights: Right, apps: bool = False, users: bool = False, all: bool = False) -> None:
        self.rights = rights
        self.apps = apps
        self.users = users
        self.all = all

    async def __call__(self, caller: CallerOf) -> Caller:
        if caller.user is not None:
            if self.users:
                return caller
            raise Forbidden("a user's token may not do this: use the app's own, or an account")
        if caller.is_app:
            if self.apps:
                return caller
            raise Forbidden("an app's token may not do this: use an account")
        if not self.enough(caller.rights):
            named = (" and " if self.all else " or ").join(right.value for right in self.rights)
            raise Forbidden(f"this account's role lacks the right: {named}")
        return caller

    def enough(self, rights: Collection[Right]) -> bool:
        """Whether an account with these may call."""
        held = [right in rights for right in self.rights]
        return all(held) if self.all else any(held)


DeviceCaller = Annotated[Caller, Depends(Needs(Right.DEVICES, apps=True, users=True))]
# An app's client may post to aliases where its app says so: the use case looks at that.
Sender = Annotated[Caller, Depends(Needs(Right.NOTIFICATIONS, apps=True))]
Editor = Annotated[Caller, Depends(Needs(Right.NOTIFICATIONS))]
Reader = Annotated[Caller, Depends(Needs(Right.NOTIFICATIONS, Right.STATISTICS))]
# Whoever may do what only admins may; what they read tells of everything.
Admin = Annotated[Caller, Depends(Needs(Right.APPS, Right.USERS, Right.ROLES, all=True))]
# Every role has one right at least.
AnyAccount = Annotated[Caller, Depends(Needs(*Right))]


def app_of(caller: Caller, *said: int | None) -> int:
    """The app a request is about: the token's, else the one it names. Raises Forbidden for another app's."""
    named = {app for app in said if app is not None}
    if caller.app is not None:
        if named - {caller.app}:
            raise Forbidden("an app's token speaks for its own app only: leave appId out")
        return caller.app
    if len(named) != 1:
        message = (
            "is missing: name the app, as in ?appId=2" if not named else "must be the same in the body and in the query"
        )
        raise invalid("/appId", message)
    return named.pop()

"""Who calls, and what they may: 401 without a good token, 403 with one that is not enough (contract §1)."""

from typing import Annotated

from fastapi import Depends, Request

from push.domain.account import Caller, Right
from push.domain.errors import FieldError, Forbidden, Invalid
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
        if given.lower() == scheme:
            return value.strip()
    return None


async def _caller(request: Request, ports: PortsOf) -> Caller:
    return await authenticate(credentials(request, "bearer"), tokens=ports.tokens, clock=ports.clock)


CallerOf = Annotated[Caller, Depends(_caller)]


async def _device_caller(caller: CallerOf) -> Caller:
    """An app's client, for its own app, or an account that may create and update devices."""
    if not caller.is_app and not caller.may(Right.DEVICES):
        raise Forbidden("this account's role does not include devices")
    return caller


async def _reader(caller: CallerOf) -> Caller:
    """An account that sends notifications, or looks at what became of them."""
    if not caller.may(Right.NOTIFICATIONS) and not caller.may(Right.STATISTICS):
        raise Forbidden("reading schedules needs an account whose role includes notifications or statistics")
    return caller


DeviceCaller = Annotated[Caller, Depends(_device_caller)]
Reader = Annotated[Caller, Depends(_reader)]


def app_of(caller: Caller, *said: int | None) -> int:
    """The app a request is about: the token's, else the one it names. Raises Forbidden for another app's."""
    named = {app for app in said if app is not None}
    if caller.app is not None:
        if named - {caller.app}:
            raise Forbidden("an app's token speaks for its own app only: leave appId out")
        return caller.app
    if len(named) != 1:
        message = "is missing: name the app" if not named else "must be the same in the body and in the query"
        raise Invalid(f"appId {message}", [FieldError("/appId", message)])
    return named.pop()

"""One's own account, whatever its role."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from push.domain.errors import TooManyRequests
from push.entrypoints.api import core_examples as examples
from push.entrypoints.api import docs
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import AnyAccount, PortsOf
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.accounts import OwnPasswordIn, SelfOut, self_out
from push.usecases.change_password import change_own_password
from push.usecases.read_accounts import read_self

router = APIRouter(tags=["Accounts"])

_ONE = docs.answered(200, examples.SELF_ANSWER)


@router.get(
    "/core/user/self",
    response_model=SelfOut,
    summary="Read your own account",
    responses=docs.failed(*docs.READ_ERRORS) | _ONE,
    openapi_extra=docs.BEARER,
)
async def get_self(ports: PortsOf, caller: AnyAccount) -> Response:
    """With the rights that its role has. For accounts, not for an app's client."""
    return respond(self_out(await read_self(caller, accounts=ports.accounts), caller.rights))


@router.put(
    "/core/user/self/password",
    response_model=SelfOut,
    summary="Change your own password",
    responses=docs.failed(*docs.WRITE_ERRORS, TooManyRequests) | _ONE,
    openapi_extra=docs.takes(OwnPasswordIn, examples.OWN_PASSWORDS) | docs.BEARER,
)
async def put_own_password(request: Request, ports: PortsOf, caller: AnyAccount) -> Response:
    """All tokens end, the one of this call included: log in with the new password."""
    body = await read(request, OwnPasswordIn)
    account = await change_own_password(
        caller,
        body.old_password,
        body.password,
        accounts=ports.accounts,
        passwords=ports.passwords,
        attempts=ports.attempts,
        audit=ports.audit,
        clock=ports.clock,
    )
    return respond(self_out(account, caller.rights))

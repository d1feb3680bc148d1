"""Users of an app register and log in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.domain.errors import TooManyRequests
from push.entrypoints.api import docs
from push.entrypoints.api import user_examples as examples
from push.entrypoints.api.bodies import read, read_fields, validated
from push.entrypoints.api.callers import Needs, PortsOf, app_of
from push.entrypoints.api.devices import AppQuery, spending_of
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.users import LoggedInOut, LoginIn, RegisterIn, UserOut, logged_in_out, user_out
from push.usecases.login_user import login_user
from push.usecases.register_user import register_user

router = APIRouter(tags=["Identified users"])

# A phone that has logged in calls with its user's token, also when somebody else wants to log in on it.
Doorkeeper = Annotated[Caller, Depends(Needs(Right.APP_USERS, apps=True, users=True))]
_ERRORS = docs.failed(*docs.WRITE_ERRORS, TooManyRequests)


@router.post(
    "/segmentation/identified/register",
    status_code=201,
    response_model=UserOut,
    summary="Register an identified user",
    responses=_ERRORS | docs.answered(200, examples.USER_ANSWER) | docs.answered(201, examples.USER_ANSWER),
    openapi_extra=docs.takes(RegisterIn, examples.REGISTER) | docs.BEARER,
)
async def post_register(request: Request, ports: PortsOf, caller: Doorkeeper, app: AppQuery = None) -> Response:
    """Firebase Authentication keeps the account, in the app's own Firebase project; 409 until the app has a
    `firebaseApiKey`. Registering logs nobody in: do that next. The same person again is answered 200 with the profile
    there is; an email that somebody else has is a 409."""
    body = await read(request, RegisterIn)
    registered = await register_user(
        app_of(caller, app),
        body.auth.proof(),
        body.profile.profile(),
        apps=ports.apps,
        users=ports.users,
        identities=ports.identities,
        devices=ports.devices,
        attempts=ports.attempts,
        clock=ports.clock,
        spending=spending_of(request, caller, ports),
    )
    return respond(user_out(registered.user), 201 if registered.created else 200)


@router.post(
    "/segmentation/identified/login",
    response_model=LoggedInOut,
    summary="Log an identified user in",
    responses=_ERRORS | docs.answered(200, examples.LOGIN_ANSWER),
    openapi_extra=docs.takes(LoginIn, examples.LOGINS, form=True) | docs.BEARER,
)
async def post_login(request: Request, ports: PortsOf, caller: Doorkeeper, app: AppQuery = None) -> Response:
    """The device of that alias is the user's from then on; where there is none yet, the one that the answered token
    registers is. The token syncs devices and reports activity, as the app's own does.

    403 with the code `wrong-credentials` for whatever was wrong: a 401 would make phones log in again and again. After
    ten of them in a quarter of an hour the email waits (429).
    """
    body = validated(await read_fields(request), LoginIn)
    logged_in = await login_user(
        app_of(caller, app),
        body.proof(),
        body.device_id,
        apps=ports.apps,
        users=ports.users,
        identities=ports.identities,
        devices=ports.devices,
        attempts=ports.attempts,
        tokens=ports.tokens,
        refresh_tokens=ports.refresh_tokens,
        clock=ports.clock,
    )
    return respond(logged_in_out(logged_in), headers={"Cache-Control": "no-store"})

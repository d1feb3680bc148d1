"""The emulator as an ASGI application."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.auth import calls
from infra.local.auth.accounts import Accounts
from infra.local.auth.refusal import KEY_INVALID, Refused

_ROOT = "/identitytoolkit.googleapis.com/v1"
Call = Callable[[Accounts, str, dict[str, Any]], dict[str, Any]]
_WITH_KEY: Mapping[str, Call] = {
    "signUp": calls.sign_up,
    "signInWithPassword": calls.sign_in_with_password,
    "signInWithIdp": calls.sign_in_with_idp,
}
_WITH_TOKEN: Mapping[str, Call] = {"lookup": calls.lookup, "update": calls.update, "delete": calls.delete}


def app(accounts: Accounts, project: str) -> Starlette:
    """`project` is whose accounts a key means."""

    async def with_key(request: Request) -> Response:
        if request.query_params.get("key", "invalid") == "invalid":
            raise Refused(KEY_INVALID, reason="API_KEY_INVALID")
        call = _known(_WITH_KEY, request.path_params["method"])
        return JSONResponse(call(accounts, project, await _said(request)))

    async def with_token(request: Request) -> Response:
        _check_token(request)
        call = _known(_WITH_TOKEN, request.path_params["method"])
        return JSONResponse(call(accounts, request.path_params["project"], await _said(request)))

    async def create(request: Request) -> Response:
        _check_token(request)
        made = calls.create(accounts, request.path_params["project"], await _said(request))
        return JSONResponse({"kind": "identitytoolkit#SignupNewUserResponse", "localId": made.uid, "email": made.email})

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/health", health),
            Route(_ROOT + "/accounts:{method}", with_key, methods=["POST"]),
            Route(_ROOT + "/projects/{project}/accounts", create, methods=["POST"]),
            Route(_ROOT + "/projects/{project}/accounts:{method}", with_token, methods=["POST"]),
        ],
        exception_handlers={Refused: _refused},
    )


def _known(known: Mapping[str, Call], method: str) -> Call:
    if method not in known:
        raise Refused(f"this emulator knows {', '.join(known)} here, and not {method}", 404)
    return known[method]


def _check_token(request: Request) -> None:
    if not request.headers.get("authorization", "").startswith("Bearer "):
        raise Refused("Request is missing required authentication credential.", 401, "CREDENTIALS_MISSING")


async def _said(request: Request) -> dict[str, Any]:
    try:
        said = await request.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refused("Invalid JSON payload received.")
    return said


async def _refused(_: Request, refused: Any) -> Response:
    return JSONResponse(refused.document, refused.status)

"""`oauth/token` and `oauth/revoke`: JSON from JavaScript, forms from phones and servers."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from push.domain.errors import (
    BadToken,
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    MethodNotAllowed,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from push.entrypoints.api import docs, examples
from push.entrypoints.api.addresses import client_address
from push.entrypoints.api.bodies import read_fields
from push.entrypoints.api.callers import PortsOf, credentials
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.tokens import RevokedOut, RevokeIn, TokenIn, TokenOut, token_out
from push.usecases.issue_token import ClientCredentials, Grant, PasswordGrant, RefreshGrant, issue_token
from push.usecases.rotate_tokens import revoke_token

router = APIRouter(tags=["Tokens"])

_LONGEST = 4_096
_ERRORS = (
    Malformed, Unauthenticated, Forbidden, MethodNotAllowed, TooLarge, UnsupportedMediaType, Invalid, TooManyRequests,
    Unavailable,
)  # fmt: skip


class InvalidRequest(Malformed):
    """OAuth 2.0's own code (RFC 6749, section 5.2)."""

    code = "invalid_request"


class UnsupportedGrantType(Malformed):
    code = "unsupported_grant_type"


@router.post(
    "/oauth/token",
    response_model=TokenOut,
    summary="Get an access token",
    responses=docs.failed(*_ERRORS) | docs.answered(200, examples.TOKEN_ANSWER),
    openapi_extra=docs.takes(TokenIn, examples.TOKENS, form=True) | {"security": [{}, {"basic": []}]},
)
async def create_token(request: Request, ports: PortsOf) -> Response:
    """For an app (`client_credentials`), an account (`password`), or whoever holds a refresh token.

    A Bearer token on this call is ignored.
    """
    basic = _basic(request)
    grant = _grant(await read_fields(request), basic)
    try:
        granted = await issue_token(
            grant,
            client_address(request),
            apps=ports.apps,
            accounts=ports.accounts,
            roles=ports.roles,
            users=ports.users,
            passwords=ports.passwords,
            attempts=ports.attempts,
            tokens=ports.tokens,
            refresh_tokens=ports.refresh_tokens,
            clock=ports.clock,
        )
    except BadToken:
        raise
    except Unauthenticated as error:
        # A browser would ask its user for a password on "Basic": said only to those who spoke it first.
        raise Unauthenticated(error.detail, "Basic" if basic else "Bearer") from None
    return respond(token_out(granted), headers={"Cache-Control": "no-store"})


@router.post(
    "/oauth/revoke",
    response_model=RevokedOut,
    summary="Give a token back",
    responses=docs.failed(Malformed, MethodNotAllowed, TooLarge, UnsupportedMediaType, Invalid, Unavailable)
    | docs.answered(200, {}),
    openapi_extra=docs.takes(RevokeIn, examples.REVOKED, form=True) | {"security": [{}]},
)
async def revoke(request: Request, ports: PortsOf) -> Response:
    """Ends the refresh tokens of one login; the last access token still lives until it expires, within a day.

    Always answered 200, whatever the token was (RFC 7009).
    """
    token = _field(await read_fields(request), "token")
    await revoke_token(token, tokens=ports.tokens, refresh_tokens=ports.refresh_tokens, clock=ports.clock)
    return respond(RevokedOut(), headers={"Cache-Control": "no-store"})


def _grant(fields: Mapping[str, Any], basic: tuple[str, str] | None) -> Grant:
    grant_type = _field(fields, "grant_type")
    name, secret = basic or ("", "")
    if grant_type == "client_credentials":
        return ClientCredentials(_field(fields, "client_id", name), _field(fields, "client_secret", secret))
    if grant_type == "password":
        return PasswordGrant(_field(fields, "username", name), _field(fields, "password", secret))
    if grant_type == "refresh_token":
        token = _field(fields, "refresh_token")
        if not fields.get("client_id") and not fields.get("client_secret"):
            return RefreshGrant(token)
        return RefreshGrant(token, ClientCredentials(_field(fields, "client_id"), _field(fields, "client_secret")))
    message = "must be client_credentials, password or refresh_token"
    raise UnsupportedGrantType(f"grant_type {message}", [FieldError("/grant_type", message)])


def _field(fields: Mapping[str, Any], name: str, otherwise: str = "") -> str:
    value = fields.get(name) or otherwise
    if isinstance(value, str) and 0 < len(value) <= _LONGEST:
        return value
    message = "is missing: send it as a text" if not value else f"must be a text of at most {_LONGEST:,} characters"
    raise InvalidRequest(f"{name} {message}", [FieldError(f"/{name}", message)])


def _basic(request: Request) -> tuple[str, str] | None:
    """Name and password of `Authorization: Basic` (RFC 7617), None for anything else there."""
    try:
        text = base64.b64decode(credentials(request, "basic") or "", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None

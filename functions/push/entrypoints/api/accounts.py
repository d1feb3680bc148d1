"""Accounts: the people and servers who log in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.domain.errors import TooManyRequests, invalid
from push.entrypoints.api import core_examples as examples
from push.entrypoints.api import docs
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.accounts import AccountChangeIn, AccountIn, AccountOut, PasswordIn, account_out
from push.entrypoints.api.schemas.pages import Page
from push.usecases.change_password import set_password
from push.usecases.create_account import create_account
from push.usecases.delete_account import delete_account
from push.usecases.read_accounts import list_accounts, read_account
from push.usecases.update_account import update_account

router = APIRouter(tags=["Accounts"])

AccountManager = Annotated[Caller, Depends(Needs(Right.USERS))]
_WRITTEN = docs.failed(*docs.WRITE_ERRORS)
_ONE = docs.answered(200, examples.ACCOUNT_ANSWER)


@router.post(
    "/core/user",
    status_code=201,
    response_model=AccountOut,
    summary="Create an account",
    responses=_WRITTEN | docs.failed(TooManyRequests) | docs.answered(201, examples.ACCOUNT_ANSWER),
    openapi_extra=docs.takes(AccountIn, examples.ACCOUNTS) | docs.BEARER,
)
async def post_account(request: Request, ports: PortsOf, caller: AccountManager) -> Response:
    """Its role may have no right that you lack yourself. Needs the right to manage users, as everything here."""
    body = await read(request, AccountIn)
    account = await create_account(
        caller,
        body.new(),
        accounts=ports.accounts,
        roles=ports.roles,
        passwords=ports.passwords,
        audit=ports.audit,
        clock=ports.clock,
    )
    return respond(account_out(account), 201)


@router.get(
    "/core/user",
    response_model=Page[AccountOut] | list[AccountOut],
    summary="List accounts, by name",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.ACCOUNT_PAGE),
    openapi_extra=docs.BEARER,
)
async def get_accounts(ports: PortsOf, _: AccountManager, paging: PagingOf) -> Response:
    listed = await list_accounts(paging.limit, paging.offset, paging.after(), not paging.bare, accounts=ports.accounts)
    return respond_page(paging, [account_out(account) for account in listed.items], listed.total, listed.next)


@router.get(
    "/core/user/{userId}",
    response_model=AccountOut,
    summary="Read an account",
    responses=docs.failed(*docs.READ_ERRORS) | _ONE,
    openapi_extra=docs.BEARER,
)
async def get_account(ports: PortsOf, _: AccountManager, userId: str) -> Response:  # noqa: N803  as the path says it
    return respond(account_out(await read_account(userId, accounts=ports.accounts)))


@router.put(
    "/core/user/{userId}",
    response_model=AccountOut,
    summary="Change, disable or enable an account",
    responses=_WRITTEN | _ONE,
    openapi_extra=docs.takes(AccountChangeIn, examples.ACCOUNT_CHANGES) | docs.BEARER,
)
async def put_account(request: Request, ports: PortsOf, caller: AccountManager, userId: str) -> Response:  # noqa: N803
    """Changes what is sent, and leaves the rest. A disabled account's tokens stop working within a minute, and do not
    work again when it is enabled. The last admin stays one (409)."""
    body = await read(request, AccountChangeIn)
    if body.username is not None:
        known = await read_account(userId, accounts=ports.accounts)
        if body.username != known.username:
            message = "cannot be changed: make another account"
            raise invalid("/username", message)
    account = await update_account(
        caller,
        userId,
        body.fields(),
        accounts=ports.accounts,
        roles=ports.roles,
        audit=ports.audit,
        clock=ports.clock,
    )
    return respond(account_out(account))


@router.delete(
    "/core/user/{userId}",
    response_model=AccountOut,
    summary="Delete an account",
    responses=_WRITTEN | _ONE,
    openapi_extra=docs.BEARER,
)
async def remove_account(ports: PortsOf, caller: AccountManager, userId: str) -> Response:  # noqa: N803
    """Answers what it was. Its tokens stop working within a minute. The last admin is not deleted (409)."""
    account = await delete_account(
        caller, userId, accounts=ports.accounts, roles=ports.roles, audit=ports.audit, clock=ports.clock
    )
    return respond(account_out(account))


@router.put(
    "/core/user/{userId}/password",
    response_model=AccountOut,
    summary="Give an account another password",
    responses=_WRITTEN | docs.failed(TooManyRequests) | _ONE,
    openapi_extra=docs.takes(PasswordIn, examples.PASSWORDS) | docs.BEARER,
)
async def put_password(request: Request, ports: PortsOf, caller: AccountManager, userId: str) -> Response:  # noqa: N803
    """Tokens that were issued before stop working within a minute, refresh tokens at once."""
    body = await read(request, PasswordIn)
    account = await set_password(
        caller,
        userId,
        body.password,
        accounts=ports.accounts,
        roles=ports.roles,
        passwords=ports.passwords,
        audit=ports.audit,
        clock=ports.clock,
    )
    return respond(account_out(account))

"""Identified users, as accounts look them up, change and forget them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.domain.errors import FieldError, Invalid
from push.domain.user import EMAIL_LENGTH, fold_email
from push.entrypoints.api import docs
from push.entrypoints.api import user_examples as examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import Needs, PortsOf, app_of
from push.entrypoints.api.cursors import Cursor, read_cursor
from push.entrypoints.api.devices import AppQuery
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.user_answers import (
    DeletedUserOut,
    UserChangeIn,
    UserDetailOut,
    UserExportOut,
    deleted_user_out,
    user_detail_out,
    user_export_out,
)
from push.usecases.delete_user import delete_user
from push.usecases.export_user import export_user
from push.usecases.read_user import list_users, read_user
from push.usecases.update_user import update_user

router = APIRouter(tags=["Identified users"])

UserKeeper = Annotated[Caller, Depends(Needs(Right.APP_USERS))]
_EmailQuery = Annotated[
    str | None, Query(min_length=1, max_length=EMAIL_LENGTH, description="the whole address, in any spelling")
]
_READ = docs.failed(*docs.READ_ERRORS)
_ONE = docs.answered(200, examples.USER_DETAIL)


@router.get(
    "/segmentation/identified",
    response_model=Page[UserDetailOut] | list[UserDetailOut],
    summary="List identified users, or find one by email",
    responses=_READ | docs.answered(200, examples.USER_PAGE),
    openapi_extra=docs.BEARER,
)
async def get_users(
    ports: PortsOf, caller: UserKeeper, paging: PagingOf, app: AppQuery = None, email: _EmailQuery = None
) -> Response:
    """Of one app, by id. Needs the right to log app users in, as everything here."""
    listed = await list_users(
        app_of(caller, app),
        email,
        paging.limit,
        paging.offset,
        paging.after(),
        not paging.bare,
        apps=ports.apps,
        users=ports.users,
    )
    return respond_page(paging, [user_detail_out(user) for user in listed.items], listed.total, listed.next)


@router.get(
    "/segmentation/identified/{userId}",
    response_model=UserDetailOut,
    summary="Read an identified user",
    responses=_READ | _ONE,
    openapi_extra=docs.BEARER,
)
async def get_user(ports: PortsOf, caller: UserKeeper, userId: str, app: AppQuery = None) -> Response:  # noqa: N803
    return respond(user_detail_out(await read_user(app_of(caller, app), userId, users=ports.users)))


@router.put(
    "/segmentation/identified/{userId}",
    response_model=UserDetailOut,
    summary="Change, disable or enable an identified user",
    responses=docs.failed(*docs.WRITE_ERRORS) | _ONE,
    openapi_extra=docs.takes(UserChangeIn, examples.USER_CHANGES) | docs.BEARER,
)
async def put_user(
    request: Request, ports: PortsOf, caller: UserKeeper, userId: str, app: AppQuery = None  # noqa: N803
) -> Response:  # fmt: skip
    """Changes what is sent, and leaves the rest. A disabled user's tokens stop working within a minute."""
    body, of = await read(request, UserChangeIn), app_of(caller, app)
    known = await read_user(of, userId, users=ports.users)
    if body.email is not None and fold_email(body.email) != fold_email(known.email):
        message = "cannot be changed: the user logs in with it"
        raise Invalid(f"email {message}", [FieldError("/email", message)])
    user = await update_user(of, userId, body.fields(), users=ports.users, clock=ports.clock)
    return respond(user_detail_out(user))


@router.delete(
    "/segmentation/identified/{userId}",
    response_model=DeletedUserOut,
    summary="Delete an identified user",
    responses=_READ | docs.answered(200, examples.DELETED_USER),
    openapi_extra=docs.BEARER,
)
async def remove_user(ports: PortsOf, caller: UserKeeper, userId: str, app: AppQuery = None) -> Response:  # noqa: N803
    """Answers who it was. Their tokens stop working within a minute; their devices stay, and are nobody's. What
    notifications keep about them and their account at Firebase go in the background: `api/jobs/{job}` says how far
    that is."""
    deleted = await delete_user(
        app_of(caller, app),
        userId,
        apps=ports.apps,
        users=ports.users,
        jobs=ports.jobs,
        tasks=ports.tasks,
        clock=ports.clock,
    )
    return respond(deleted_user_out(deleted.user, deleted.job.id))


@router.get(
    "/segmentation/identified/{userId}/export",
    response_model=UserExportOut,
    summary="Export what is kept about an identified user",
    responses=_READ | docs.answered(200, examples.USER_EXPORT),
    openapi_extra=docs.BEARER,
)
async def get_export(
    ports: PortsOf, caller: UserKeeper, userId: str, app: AppQuery = None, cursor: Cursor = None  # noqa: N803
) -> Response:  # fmt: skip
    """The profile and the devices, ten a page. Audit and logs hold nothing about identified users."""
    after = read_cursor(cursor, str)
    exported = await export_user(
        app_of(caller, app),
        userId,
        None if after is None else after[0],
        users=ports.users,
        devices=ports.devices,
        traces=ports.traces,
    )
    out = user_export_out(exported, ports.clock.now())
    return respond(out, without=() if out.next_cursor else ("next_cursor",))

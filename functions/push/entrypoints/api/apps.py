"""Apps: whose devices, which Firebase project, and who may speak for them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.entrypoints.api import core_examples as examples
from push.entrypoints.api import docs
from push.entrypoints.api.bodies import read, same_as_path
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.apps import (
    AppChangeIn,
    AppIn,
    AppOut,
    DeletedAppOut,
    NewSecretOut,
    app_out,
    deleted_app_out,
    new_secret_out,
)
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.wire import MAX_INT
from push.usecases.change_secrets import add_secret, revoke_secret
from push.usecases.create_app import create_app
from push.usecases.delete_app import delete_app
from push.usecases.list_apps import list_apps
from push.usecases.read_app import read_app
from push.usecases.update_app import update_app

router = APIRouter(tags=["Apps"])

AppManager = Annotated[Caller, Depends(Needs(Right.APPS))]
AppId = Annotated[int, Path(alias="appId", ge=0, le=MAX_INT)]
_READ = docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.APP_ANSWER)
_WRITTEN = docs.failed(*docs.WRITE_ERRORS)


@router.post(
    "/core/app",
    status_code=201,
    response_model=AppOut,
    summary="Create an app",
    responses=_WRITTEN | docs.answered(201, examples.APP_ANSWER),
    openapi_extra=docs.takes(AppIn, examples.APPS) | docs.BEARER,
)
async def post_app(request: Request, ports: PortsOf, caller: AppManager) -> Response:
    """It has a client id, and no secret yet. Needs the right to manage apps, as everything here."""
    body = await read(request, AppIn)
    app = await create_app(caller, body.id, body.fields(), apps=ports.apps, audit=ports.audit, clock=ports.clock)
    return respond(app_out(app), 201)


@router.get(
    "/core/app",
    response_model=Page[AppOut] | list[AppOut],
    summary="List apps, by id",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.APP_PAGE),
    openapi_extra=docs.BEARER,
)
async def get_apps(ports: PortsOf, _: AppManager, paging: PagingOf) -> Response:
    """Never with a secret."""
    listed = await list_apps(paging.limit, paging.offset, paging.after(), not paging.bare, apps=ports.apps)
    return respond_page(paging, [app_out(app) for app in listed.items], listed.total, listed.next)


@router.get(
    "/core/app/{appId}", response_model=AppOut, summary="Read an app", responses=_READ, openapi_extra=docs.BEARER
)
async def get_app(ports: PortsOf, _: AppManager, id: AppId) -> Response:
    """Its clients with the ids of their secrets, never the secrets."""
    return respond(app_out(await read_app(id, apps=ports.apps)))


@router.put(
    "/core/app/{appId}",
    response_model=AppOut,
    summary="Update an app",
    responses=_WRITTEN | docs.answered(200, examples.APP_ANSWER),
    openapi_extra=docs.takes(AppChangeIn, examples.APP_CHANGES) | docs.BEARER,
)
async def put_app(request: Request, ports: PortsOf, caller: AppManager, id: AppId) -> Response:
    """Changes what is sent, and leaves the rest. Runs that were accepted keep their Firebase project."""
    body = await read(request, AppChangeIn)
    same_as_path("id", body.id, id)
    app = await update_app(caller, id, body.fields(), apps=ports.apps, audit=ports.audit, clock=ports.clock)
    return respond(app_out(app))


@router.delete(
    "/core/app/{appId}",
    response_model=DeletedAppOut,
    summary="Delete an app",
    responses=_WRITTEN | docs.answered(200, examples.DELETED_APP),
    openapi_extra=docs.BEARER,
)
async def remove_app(
    ports: PortsOf,
    caller: AppManager,
    id: AppId,
    force: Annotated[bool, Query(description="`true`: with its devices and users, in the background")] = False,
) -> Response:
    """Answers what it was. An app that has devices or users is not deleted (409), unless `force` is `true`: then it
    takes no device, no login and no notification any more, those that wait or are being sent are cancelled, and a `job`
    removes its devices and users and then the app. Schedules and results stay readable."""
    deleted = await delete_app(
        caller, id, force,
        apps=ports.apps, devices=ports.devices, users=ports.users, jobs=ports.jobs, tasks=ports.tasks,
        audit=ports.audit, clock=ports.clock,
    )  # fmt: skip
    return respond(deleted_app_out(deleted))


@router.post(
    "/core/app/{appId}/secret",
    status_code=201,
    response_model=NewSecretOut,
    summary="Add a client secret",
    responses=_WRITTEN | docs.answered(201, examples.SECRET_ANSWER),
    openapi_extra=docs.BEARER,
)
async def post_secret(ports: PortsOf, caller: AppManager, id: AppId) -> Response:
    """Takes no body. The secret is in this answer and nowhere else; the app's other secrets stay good."""
    added = await add_secret(caller, id, apps=ports.apps, audit=ports.audit, clock=ports.clock)
    return respond(new_secret_out(added), 201, headers={"Cache-Control": "no-store"})


@router.delete(
    "/core/app/{appId}/secret/{secretId}",
    response_model=AppOut,
    summary="Revoke a client secret",
    responses=_WRITTEN | docs.answered(200, examples.APP_ANSWER),
    openapi_extra=docs.BEARER,
)
async def remove_secret(
    ports: PortsOf, caller: AppManager, id: AppId, secret: Annotated[str, Path(alias="secretId")]
) -> Response:
    """Nobody gets a token with it any more. Answers the app as it is now."""
    app = await revoke_secret(caller, id, secret, apps=ports.apps, audit=ports.audit, clock=ports.clock)
    return respond(app_out(app))

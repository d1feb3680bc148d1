"""Roles: HALO's three, and sets of rights of one's own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.entrypoints.api import core_examples as examples
from push.entrypoints.api import docs
from push.entrypoints.api.bodies import read, same_as_path
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.roles import RoleChangeIn, RoleIn, RoleOut, role_out
from push.usecases.change_roles import create_role, delete_role, update_role
from push.usecases.read_roles import list_roles, read_role

router = APIRouter(tags=["Roles"])

RoleManager = Annotated[Caller, Depends(Needs(Right.ROLES))]
_WRITTEN = docs.failed(*docs.WRITE_ERRORS)
_ONE = docs.answered(200, examples.ROLE_ANSWER)


@router.post(
    "/core/role",
    status_code=201,
    response_model=RoleOut,
    summary="Create a role",
    responses=_WRITTEN | docs.answered(201, examples.ROLE_ANSWER),
    openapi_extra=docs.takes(RoleIn, examples.ROLES) | docs.BEARER,
)
async def post_role(request: Request, ports: PortsOf, caller: RoleManager) -> Response:
    """With rights that you have yourself. Needs the right to manage roles, as everything here."""
    body = await read(request, RoleIn)
    role = await create_role(caller, body.role(), roles=ports.roles, audit=ports.audit, clock=ports.clock)
    return respond(role_out(role), 201)


@router.get(
    "/core/role",
    response_model=Page[RoleOut] | list[RoleOut],
    summary="List roles, HALO's three first",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.ROLE_PAGE),
    openapi_extra=docs.BEARER,
)
async def get_roles(ports: PortsOf, _: RoleManager, paging: PagingOf) -> Response:
    listed = await list_roles(paging.limit, paging.offset, paging.after(), roles=ports.roles)
    return respond_page(paging, [role_out(role) for role in listed.items], listed.total, listed.next)


@router.get(
    "/core/role/{name}",
    response_model=RoleOut,
    summary="Read a role",
    responses=docs.failed(*docs.READ_ERRORS) | _ONE,
    openapi_extra=docs.BEARER,
)
async def get_role(ports: PortsOf, _: RoleManager, name: str) -> Response:
    return respond(role_out(await read_role(name, roles=ports.roles)))


@router.put(
    "/core/role/{name}",
    response_model=RoleOut,
    summary="Change a role",
    responses=_WRITTEN | _ONE,
    openapi_extra=docs.takes(RoleChangeIn, examples.ROLE_CHANGES) | docs.BEARER,
)
async def put_role(request: Request, ports: PortsOf, caller: RoleManager, name: str) -> Response:
    """Changes what is sent, and leaves the rest. Whoever has the role has its new rights within a minute."""
    body = await read(request, RoleChangeIn)
    same_as_path("name", body.name, name)
    role = await update_role(caller, name, body.fields(), roles=ports.roles, audit=ports.audit, clock=ports.clock)
    return respond(role_out(role))


@router.delete(
    "/core/role/{name}",
    response_model=RoleOut,
    summary="Delete a role",
    responses=_WRITTEN | _ONE,
    openapi_extra=docs.BEARER,
)
async def remove_role(ports: PortsOf, caller: RoleManager, name: str) -> Response:
    """Answers what it was. A role that an account has is not deleted (409)."""
    return respond(role_out(await delete_role(caller, name, roles=ports.roles, audit=ports.audit, clock=ports.clock)))

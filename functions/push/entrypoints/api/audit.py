"""The audit: who changed which app, account, role, template, tag or schedule, and when."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from push.domain.audit import AuditSearch, Resource
from push.entrypoints.api import core_examples as examples
from push.entrypoints.api import docs
from push.entrypoints.api.callers import Admin, PortsOf
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.schemas.audit import ChangeOut, change_out
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.wire import MAX_INT
from push.usecases.list_changes import list_changes

router = APIRouter(tags=["Audit"])

_LONGEST = 400


@router.get(
    "/core/audit",
    response_model=Page[ChangeOut] | list[ChangeOut],
    summary="Read who changed what, newest first",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.AUDIT_PAGE),
    openapi_extra=docs.BEARER,
)
async def get_changes(
    ports: PortsOf,
    _: Admin,
    paging: PagingOf,
    resource: Annotated[Resource | None, Query(description="of one kind only")] = None,
    resource_id: Annotated[
        str | None, Query(alias="resourceId", max_length=_LONGEST, description="with `resource`: which one")
    ] = None,
    app: Annotated[int | None, Query(alias="appId", ge=0, le=MAX_INT, description="of one app only")] = None,
    actor: Annotated[str | None, Query(max_length=_LONGEST, description="the name of whoever did it")] = None,
) -> Response:
    """For whoever manages apps, users and roles, as admins do. Passwords, secrets and payloads are never in it."""
    wanted = AuditSearch(resource=resource, resource_id=resource_id or None, app=app, actor=actor or None)
    listed = await list_changes(wanted, paging.limit, paging.offset, paging.after(), not paging.bare, audit=ports.audit)
    return respond_page(paging, [change_out(change) for change in listed.items], listed.total, listed.next)

"""Templates: kinds of notification, for senders to fill in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.domain.errors import Conflict, PreconditionFailed
from push.domain.schedule import Position
from push.domain.template import Template
from push.entrypoints.api import docs, template_examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.preconditions import IF_MATCH, etag, expected
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.templates import TemplateIn, TemplateOut, template_out
from push.entrypoints.api.schemas.wire import MAX_NAME
from push.usecases.create_template import create_template
from push.usecases.delete_template import delete_template
from push.usecases.duplicate_template import duplicate_template
from push.usecases.list_templates import list_templates
from push.usecases.prepare_template import find_template
from push.usecases.update_template import update_template

router = APIRouter(tags=["Templates"])

Keeper = Annotated[Caller, Depends(Needs(Right.TEMPLATES))]
Reader = Annotated[Caller, Depends(Needs(Right.TEMPLATES, Right.NOTIFICATIONS))]
_ANSWERED = docs.answered(200, template_examples.TEMPLATE_ANSWER)
_READ = docs.failed(*docs.READ_ERRORS) | _ANSWERED
_MADE = docs.answered(201, template_examples.TEMPLATE_ANSWER)
_TAKES = docs.takes(TemplateIn, template_examples.TEMPLATES) | docs.BEARER


@router.post(
    "/push/template",
    status_code=201,
    response_model=TemplateOut,
    summary="Create a template",
    responses=docs.failed(*docs.WRITE_ERRORS) | _MADE,
    openapi_extra=_TAKES,
)
async def post_template(request: Request, ports: PortsOf, caller: Keeper) -> Response:
    """A kind of notification: what it says by itself in `payload`, which parts a sender `allows` to fill in, and the
    `filterTags` that a sender may filter by (any, without). A schedule names it as `template`."""
    body = (await read(request, TemplateIn)).request()
    made = await create_template(
        caller, body, templates=ports.templates, tags=ports.tags, audit=ports.audit, clock=ports.clock
    )
    return _answer(made, 201)


@router.get(
    "/push/template/{id}",
    response_model=TemplateOut,
    summary="Read a template",
    responses=_READ,
    openapi_extra=docs.BEARER,
)
async def get_template(ports: PortsOf, _: Reader, id: str) -> Response:
    return _answer((await find_template(id, templates=ports.templates)).value)


@router.put(
    "/push/template/{id}",
    response_model=TemplateOut,
    summary="Edit a template",
    responses=docs.failed(*docs.WRITE_ERRORS, PreconditionFailed)
    | docs.answered(200, template_examples.TEMPLATE_ANSWER),
    openapi_extra=_TAKES | IF_MATCH,
)
async def put_template(request: Request, ports: PortsOf, caller: Keeper, id: str) -> Response:
    """Says all of it again. Schedules that were stored before stay as they are. 412 when somebody else edited it since
    `If-Match`, 409 while an edit in the console is being looked at."""
    body = (await read(request, TemplateIn)).request()
    edited = await update_template(
        caller,
        id,
        body,
        expected(request),
        templates=ports.templates,
        tags=ports.tags,
        console=ports.console,
        audit=ports.audit,
        clock=ports.clock,
    )
    return _answer(edited)


@router.post(
    "/push/template/{id}/duplicate",
    status_code=201,
    response_model=TemplateOut,
    summary="Copy a template",
    responses=docs.failed(*docs.READ_ERRORS) | _MADE,
    openapi_extra=docs.BEARER,
)
async def post_duplicate(ports: PortsOf, caller: Keeper, id: str) -> Response:
    """With an id of its own, and the same name."""
    copy = await duplicate_template(
        caller, id, templates=ports.templates, tags=ports.tags, audit=ports.audit, clock=ports.clock
    )
    return _answer(copy, 201)


@router.delete(
    "/push/template/{id}",
    response_model=TemplateOut,
    summary="Remove a template",
    responses=_READ | docs.failed(Conflict, PreconditionFailed),
    openapi_extra=docs.BEARER | IF_MATCH,
)
async def remove_template(request: Request, ports: PortsOf, caller: Keeper, id: str) -> Response:
    """Answers it as it was. Schedules that were made from it stay as they are. 409 while an edit in the console
    is being looked at."""
    removed = await delete_template(
        caller, id, expected(request), templates=ports.templates, console=ports.console, clock=ports.clock
    )
    return respond(template_out(removed), without_none=True)


@router.get(
    "/push/template",
    response_model=Page[TemplateOut] | list[TemplateOut],
    summary="List and search templates, by name",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, template_examples.TEMPLATE_PAGE),
    openapi_extra=docs.BEARER,
)
async def get_templates(
    ports: PortsOf,
    _: Reader,
    paging: PagingOf,
    name: Annotated[str | None, Query(max_length=MAX_NAME, description="how the name begins, in any spelling")] = None,
) -> Response:
    at = paging.at(str, int, str)
    after = None if at is None else Position(*at)
    found = await list_templates(
        name or None, paging.limit, paging.offset, after, not paging.bare, templates=ports.templates
    )
    items = [template_out(template) for template in found.items]
    return respond_page(paging, items, found.total, found.next)


def _answer(template: Template, status: int = 200) -> Response:
    return respond(template_out(template), status, without_none=True, headers=etag(template.revision))

"""Tags: what devices carry and notifications are narrowed by."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.domain.errors import Conflict, invalid
from push.domain.tag import TagType
from push.domain.tag_search import Position, TagSearch
from push.entrypoints.api import docs, examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.devices import AppQuery
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.jobs import JobOut, job_out
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.tags import (
    NewTagIn,
    TagChangeIn,
    TagDetailOut,
    TagEntryOut,
    Text,
    tag_detail_out,
    tag_entry_out,
)
from push.usecases.create_tag import create_tag
from push.usecases.delete_tag import delete_tag
from push.usecases.describe_tag import describe_tag
from push.usecases.read_tag import read_tag
from push.usecases.search_tags import search_tags

router = APIRouter(tags=["Tags"])

TagKeeper = Annotated[Caller, Depends(Needs(Right.TAGS))]
TagReader = Annotated[Caller, Depends(Needs(Right.TAGS, Right.NOTIFICATIONS))]
# Given tags stand in between, so pages by number are read from the first tag on.
_DEEPEST = 1_000
_WRITTEN = docs.failed(*docs.WRITE_ERRORS)


@router.post(
    "/segmentation/tag",
    status_code=201,
    response_model=TagEntryOut,
    summary="Create a tag",
    responses=_WRITTEN | docs.answered(201, examples.TAG_ANSWER),
    openapi_extra=docs.takes(NewTagIn, examples.NEW_TAGS) | docs.BEARER,
)
async def post_tag(request: Request, ports: PortsOf, caller: TagKeeper) -> Response:
    """A tag of the same type, name and value, in any spelling, is answered 409 with its id."""
    body = await read(request, NewTagIn)
    tag = await create_tag(
        caller, body.tag_type, body.name, body.value, body.description or "",
        tags=ports.tags, jobs=ports.jobs, audit=ports.audit, clock=ports.clock,
    )  # fmt: skip
    return respond(tag_entry_out(tag), 201)


@router.get(
    "/segmentation/tag",
    response_model=Page[TagEntryOut] | list[TagEntryOut],
    summary="List and search tags",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.TAG_PAGE),
    openapi_extra=docs.BEARER,
)
async def get_tags(
    ports: PortsOf,
    _: TagReader,
    paging: PagingOf,
    type_: Annotated[
        TagType | None, Query(alias="tagType", description="…1 device, 2 user, 3 market, 4 language")
    ] = None,
    name: Annotated[Text, Query(description="how it begins, in any case")] = "",
    value: Annotated[Text, Query(description="how it begins; of a language also its name")] = "",
) -> Response:
    """By name, or by value where only that is asked for. HALO's markets and the world's languages are always there."""
    if paging.offset > _DEEPEST:
        raise invalid("/page", f"leads past {_DEEPEST:,} tags: follow nextCursor with cursor instead")
    wanted = TagSearch(type=type_, name=name, value=value)
    at = paging.at(str, str)
    after = None if at is None else Position(*at)
    found = await search_tags(wanted, paging.limit, paging.offset, after, not paging.bare, tags=ports.tags)
    items = [tag_entry_out(tag) for tag in found.items]
    return respond_page(paging, items, found.total, found.next)


@router.get(
    "/segmentation/tag/{id}",
    response_model=TagDetailOut,
    summary="Read a tag and about how many devices carry it",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.TAG_DETAIL),
    openapi_extra=docs.BEARER,
)
async def get_tag(ports: PortsOf, _: TagReader, id: str, app: AppQuery = None) -> Response:
    """With `appId`, about how many of the app's devices carry it: below some 20,000 they are counted, above it is an
    estimate from a sample, `asOf` this moment. `null` without an app, and where counting took too long."""
    return respond(tag_detail_out(await read_tag(id, app, tags=ports.tags, devices=ports.devices, clock=ports.clock)))


@router.put(
    "/segmentation/tag/{id}",
    response_model=TagEntryOut,
    summary="Describe a tag",
    responses=_WRITTEN | docs.answered(200, examples.TAG_ANSWER),
    openapi_extra=docs.takes(TagChangeIn, examples.TAG_CHANGES) | docs.BEARER,
)
async def put_tag(request: Request, ports: PortsOf, caller: TagKeeper, id: str) -> Response:
    """Changes the description. Name, value and type are fixed: 422 where they differ. 409 while an edit in the console
    is being looked at."""
    body = await read(request, TagChangeIn)
    tag = await describe_tag(
        caller, id, {"name": body.name, "value": body.value, "type": body.tag_type}, body.description,
        tags=ports.tags, console=ports.console, audit=ports.audit, clock=ports.clock,
    )  # fmt: skip
    return respond(tag_entry_out(tag))


@router.delete(
    "/segmentation/tag/{id}",
    response_model=JobOut,
    summary="Delete a tag",
    responses=docs.failed(*docs.READ_ERRORS, Conflict) | docs.answered(200, examples.JOB_ANSWER),
    openapi_extra=docs.BEARER,
)
async def delete_tag_(ports: PortsOf, caller: TagKeeper, id: str) -> Response:
    """Answers the job that takes it off the devices. 409 while a notification that goes by it is not sent yet, a
    template offers it, or an edit in the console is being looked at."""
    job = await delete_tag(
        caller, id, tags=ports.tags, console=ports.console, templates=ports.templates, runs=ports.runs, jobs=ports.jobs,
        tasks=ports.tasks, audit=ports.audit, clock=ports.clock,
    )  # fmt: skip
    return respond(job_out(job), without_none=True)

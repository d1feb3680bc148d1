"""Tags: what devices carry and notifications are narrowed by (contract §5)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.domain.errors import Conflict
from push.domain.tag import TagType
from push.domain.tag_search import Position, TagSearch
from push.entrypoints.api import docs, examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.cursors import Cursor, read_cursor, write_cursor, wrong
from push.entrypoints.api.devices import AppQuery
from push.entrypoints.api.responses import respond, respond_list
from push.entrypoints.api.schemas.jobs import JobOut, job_out
from push.entrypoints.api.schemas.pages import Page, Pagination
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
_PAGE = 10
_MOST = 100
# Pages by number are read from the first on; what lies deeper is reached by cursor.
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
    type_: Annotated[
        TagType | None, Query(alias="tagType", description="…1 device, 2 user, 3 market, 4 language")
    ] = None,
    name: Annotated[Text, Query(description="how it begins, in any case")] = "",
    value: Annotated[Text, Query(description="how it begins; of a language also its name")] = "",
    page: Annotated[int, Query(ge=1, le=_DEEPEST, description="from 1; for what lies deep use `cursor`")] = 1,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _PAGE,
    cursor: Cursor = None,
    skip: Annotated[str | None, Query(description="`true`: a bare array, without pagination")] = None,
) -> Response:
    """By name, or by value where only that is asked for. HALO's markets and the world's languages are always there."""
    bare = skip in ("true", "1")
    offset = 0 if cursor else (page - 1) * limit
    if offset > _DEEPEST:
        raise wrong("page", f"leads past {_DEEPEST:,} tags: follow nextCursor with cursor instead")
    wanted = TagSearch(type=type_, name=name, value=value)
    at = read_cursor(cursor, str, str)
    after = None if at is None else Position(*at)
    found = await search_tags(wanted, limit, offset, after, not bare, tags=ports.tags)
    items = [tag_entry_out(tag) for tag in found.items]
    if bare:
        return respond_list(items)
    pagination = Pagination.of(page, limit, offset, found.total, write_cursor(found.next))
    return respond(Page[TagEntryOut](pagination=pagination, items=items), without_none=True)


@router.get(
    "/segmentation/tag/{id}",
    response_model=TagDetailOut,
    summary="Read a tag and about how many devices carry it",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.TAG_DETAIL),
    openapi_extra=docs.BEARER,
)
async def get_tag(ports: PortsOf, _: TagReader, id: str, app: AppQuery = None) -> Response:
    """With `appId`, an estimate of the app's push targets that carry it."""
    return respond(tag_detail_out(await read_tag(id, app, tags=ports.tags, audience=ports.audience, clock=ports.clock)))


@router.put(
    "/segmentation/tag/{id}",
    response_model=TagEntryOut,
    summary="Describe a tag",
    responses=_WRITTEN | docs.answered(200, examples.TAG_ANSWER),
    openapi_extra=docs.takes(TagChangeIn, examples.TAG_CHANGES) | docs.BEARER,
)
async def put_tag(request: Request, ports: PortsOf, caller: TagKeeper, id: str) -> Response:
    """Changes the description. Name, value and type are fixed: 422 where they differ."""
    body = await read(request, TagChangeIn)
    tag = await describe_tag(
        caller, id, {"name": body.name, "value": body.value, "type": body.tag_type}, body.description,
        tags=ports.tags, audit=ports.audit, clock=ports.clock,
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
    """Answers the job that takes it off the devices. 409 while a notification that goes by it is not sent yet."""
    job = await delete_tag(
        caller, id, tags=ports.tags, runs=ports.runs, jobs=ports.jobs, tasks=ports.tasks, audit=ports.audit,
        clock=ports.clock,
    )  # fmt: skip
    return respond(job_out(job), without_none=True)

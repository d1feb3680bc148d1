"""Schedules: notifications that are asked for (contract §4)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from push.domain.errors import FieldError, Invalid, NotFound
from push.domain.ids import plausible
from push.entrypoints.api import docs, examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import PortsOf, Reader, Sender
from push.entrypoints.api.devices import AppQuery
from push.entrypoints.api.responses import respond, respond_list
from push.entrypoints.api.schemas.pages import Page, Pagination
from push.entrypoints.api.schemas.schedule_answers import ScheduleOut, new_schedule_out, schedule_out, standing_out
from push.entrypoints.api.schemas.schedules import AliasScheduleIn, ScheduleIn
from push.usecases.list_schedules import list_schedules
from push.usecases.post_schedule import post_schedule
from push.usecases.read_schedule import read_schedule

router = APIRouter(tags=["Schedules"])

# HALO's lists have ten entries a page unless asked for more.
_PAGE = 10
_MOST = 100
# Firestore reads, and bills, what an offset skips.
_DEEPEST = 10_000
_WRITTEN = docs.failed(*docs.WRITE_ERRORS) | docs.answered(201, examples.SCHEDULE_ANSWER)


async def _post(request: Request, ports: PortsOf, caller: Sender, model: type[ScheduleIn]) -> Response:
    body = (await read(request, model)).request()
    schedule = await post_schedule(
        caller, body, apps=ports.apps, tags=ports.tags, runs=ports.runs, tasks=ports.tasks, clock=ports.clock
    )
    return respond(new_schedule_out(schedule, body.aliases), 201, without_none=True)


@router.post(
    "/push/schedule",
    status_code=201,
    response_model=ScheduleOut,
    summary="Send a notification, now or later",
    responses=_WRITTEN,
    openapi_extra=docs.takes(ScheduleIn, examples.SCHEDULES) | docs.BEARER,
)
@router.post("/authentication/schedule", status_code=201, response_model=ScheduleOut, include_in_schema=False)
async def create_schedule(request: Request, ports: PortsOf, caller: Sender) -> Response:
    """To everybody who uses an app, to the devices with some aliases, to those that carry some tags.

    It goes out at `sendOn`, or at once if that is absent or past, and never after `expiresAt`. HALO's demo app
    posts the same to `/api/authentication/schedule`.
    """
    return await _post(request, ports, caller, ScheduleIn)


@router.post(
    "/push/schedule/toAliases",
    status_code=201,
    response_model=ScheduleOut,
    summary="Send a notification to aliases",
    responses=_WRITTEN,
    openapi_extra=docs.takes(AliasScheduleIn, examples.ALIAS_SCHEDULES) | docs.BEARER,
)
async def create_schedule_to_aliases(request: Request, ports: PortsOf, caller: Sender) -> Response:
    """The same, and `aliases` is mandatory."""
    return await _post(request, ports, caller, AliasScheduleIn)


@router.post("/push/schedule/toIdentified", include_in_schema=False)
async def create_schedule_to_users() -> Response:
    """Unknown, and not a schedule of that name which cannot be posted to."""
    raise NotFound("schedules to identified users are not served: send to their aliases")


@router.get(
    "/push/schedule/{id}",
    response_model=ScheduleOut,
    summary="Read a schedule and how far it is",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.SCHEDULE_ANSWER),
    openapi_extra=docs.BEARER,
)
async def get_schedule(ports: PortsOf, _: Reader, id: str) -> Response:
    standing = await read_schedule(id, schedules=ports.schedules, runs=ports.runs, ledger=ports.ledger)
    return respond(standing_out(standing), without_none=True)


@router.get(
    "/push/schedule",
    response_model=Page[ScheduleOut] | list[ScheduleOut],
    summary="List schedules, newest first",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.PAGE_ANSWER),
    openapi_extra=docs.BEARER,
)
async def get_schedules(
    ports: PortsOf,
    _: Reader,
    page: Annotated[int, Query(ge=1, le=_DEEPEST, description="from 1; for what lies deep use `cursor`")] = 1,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _PAGE,
    cursor: Annotated[str | None, Query(description="`nextCursor` of the page before; `page` is ignored then")] = None,
    skip: Annotated[str | None, Query(description="`true`: a bare array, without pagination")] = None,
    app: AppQuery = None,
) -> Response:
    bare = skip in ("true", "1")
    offset = 0 if cursor else (page - 1) * limit
    if offset > _DEEPEST:
        raise _wrong("page", f"leads past {_DEEPEST:,} schedules: follow nextCursor with cursor instead")
    if cursor and not plausible(cursor):
        raise _wrong("cursor", "must be the nextCursor of an earlier page")
    found = await list_schedules(app, limit, offset, cursor or None, not bare, schedules=ports.schedules)
    items = [schedule_out(schedule) for schedule in found.items]
    if bare:
        return respond_list(items)
    pagination = Pagination.of(page, limit, offset, found.total, found.next)
    return respond(Page[ScheduleOut](pagination=pagination, items=items), without_none=True)


def _wrong(parameter: str, message: str) -> Invalid:
    return Invalid(f"{parameter} {message}", [FieldError(f"/{parameter}", message)])

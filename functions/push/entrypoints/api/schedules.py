"""Schedules: notifications that are asked for."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from push.domain.schedule import MAX_TIME_MS, Order, Position, Search, State
from push.entrypoints.api import docs, examples, user_examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import Editor, PortsOf, Reader, Sender
from push.entrypoints.api.devices import AppQuery
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.preconditions import IDEMPOTENCY_KEY, etag, idempotency_key
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.schedule_answers import ScheduleOut, new_schedule_out, schedule_out, standing_out
from push.entrypoints.api.schemas.schedules import AliasScheduleIn, ScheduleIn, UserScheduleIn
from push.entrypoints.api.schemas.wire import MAX_NAME
from push.usecases.list_schedules import list_schedules
from push.usecases.post_schedule import post_schedule
from push.usecases.read_schedule import read_schedule

router = APIRouter(tags=["Schedules"])

_WRITTEN = docs.failed(*docs.WRITE_ERRORS) | docs.answered(201, examples.SCHEDULE_ANSWER)


async def _post(request: Request, ports: PortsOf, caller: Sender, model: type[ScheduleIn]) -> Response:
    body = (await read(request, model)).request()
    schedule = await post_schedule(
        caller,
        body,
        apps=ports.apps,
        tags=ports.tags,
        templates=ports.templates,
        runs=ports.runs,
        tasks=ports.tasks,
        audit=ports.audit,
        clock=ports.clock,
        key=idempotency_key(request),
    )
    out = new_schedule_out(schedule, body.listed)
    return respond(out, 201, without_none=True, headers=etag(schedule.revision))


@router.post(
    "/push/schedule",
    status_code=201,
    response_model=ScheduleOut,
    summary="Send a notification, now or later",
    responses=_WRITTEN,
    openapi_extra=docs.takes(ScheduleIn, examples.SCHEDULES) | docs.BEARER | IDEMPOTENCY_KEY,
)
@router.post("/authentication/schedule", status_code=201, response_model=ScheduleOut, include_in_schema=False)
async def create_schedule(request: Request, ports: PortsOf, caller: Sender) -> Response:
    """To everybody who uses an app, to the devices with some aliases or of some users, to those that carry some tags.

    It goes out at `sendOn`, or at once if that is absent or past, and never after `expiresAt`. HALO's demo app
    posts the same to `/api/authentication/schedule`. `filterTags` need the right `segmented-push` as well, `content`
    needs `push-with-content`. An app's own client may post to `aliases` only, and only where its app's `clientMayPush`
    is `true`.
    """
    return await _post(request, ports, caller, ScheduleIn)


@router.post(
    "/push/schedule/toAliases",
    status_code=201,
    response_model=ScheduleOut,
    summary="Send a notification to aliases",
    responses=_WRITTEN,
    openapi_extra=docs.takes(AliasScheduleIn, examples.ALIAS_SCHEDULES) | docs.BEARER | IDEMPOTENCY_KEY,
)
async def create_schedule_to_aliases(request: Request, ports: PortsOf, caller: Sender) -> Response:
    """The same, and `aliases` is mandatory. An app's own client may do it where its app's `clientMayPush` is `true`."""
    return await _post(request, ports, caller, AliasScheduleIn)


@router.post(
    "/push/schedule/toIdentified",
    status_code=201,
    response_model=ScheduleOut,
    summary="Send a notification to identified users",
    responses=_WRITTEN,
    openapi_extra=docs.takes(UserScheduleIn, user_examples.SCHEDULES) | docs.BEARER | IDEMPOTENCY_KEY,
)
async def create_schedule_to_users(request: Request, ports: PortsOf, caller: Editor) -> Response:
    """The same, and `users` is mandatory: to all of their devices, once each. Whose devices are linked while it is
    being sent may get it too."""
    return await _post(request, ports, caller, UserScheduleIn)


@router.get(
    "/push/schedule/{id}",
    response_model=ScheduleOut,
    summary="Read a schedule and how far it is",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.SCHEDULE_ANSWER),
    openapi_extra=docs.BEARER,
)
async def get_schedule(ports: PortsOf, _: Reader, id: str) -> Response:
    standing = await read_schedule(id, schedules=ports.schedules, runs=ports.runs, ledger=ports.ledger)
    return respond(standing_out(standing), without_none=True, headers=etag(standing.schedule.revision))


@router.get(
    "/push/schedule",
    response_model=Page[ScheduleOut] | list[ScheduleOut],
    summary="List and search schedules",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.PAGE_ANSWER),
    openapi_extra=docs.BEARER,
)
async def get_schedules(
    ports: PortsOf,
    _: Reader,
    paging: PagingOf,
    app: AppQuery = None,
    name: Annotated[str | None, Query(max_length=MAX_NAME, description="how the name begins, in any spelling")] = None,
    state: Annotated[State | None, Query(description="in this state only")] = None,
    send_from: Annotated[int | None, Query(alias="from", ge=0, le=MAX_TIME_MS, description="`sendOn`, in ms")] = None,
    send_to: Annotated[int | None, Query(alias="to", ge=0, le=MAX_TIME_MS, description="inclusive")] = None,
) -> Response:
    """Newest first; by name where names are searched, else the last to be sent first where times are. A page read
    by `cursor` follows the one before, whatever was added or removed meanwhile."""
    search = Search(app=app, state=state, name=name or None, send_from=send_from, send_to=send_to)
    at = paging.at(str if search.order is Order.NAME else int, int, str)
    after = None if at is None else Position(*at)
    found = await list_schedules(search, paging.limit, paging.offset, after, not paging.bare, schedules=ports.schedules)
    items = [schedule_out(schedule) for schedule in found.items]
    return respond_page(paging, items, found.total, found.next)

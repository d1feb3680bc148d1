"""What becomes of a schedule by hand: edited, sent, copied, cancelled, resumed, removed."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from push.domain.errors import Conflict, PreconditionFailed
from push.entrypoints.api import docs, examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import Editor, PortsOf
from push.entrypoints.api.preconditions import IF_MATCH, etag, expected
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.schedule_answers import ScheduleOut, new_schedule_out, schedule_out, standing_out
from push.entrypoints.api.schemas.schedules import ScheduleIn
from push.ports import Ports
from push.usecases.cancel_schedule import cancel_schedule
from push.usecases.delete_schedule import delete_schedule
from push.usecases.duplicate_schedule import duplicate_schedule
from push.usecases.read_schedule import read_schedule
from push.usecases.resume_schedule import resume_schedule
from push.usecases.send_draft import send_draft
from push.usecases.update_schedule import update_schedule

router = APIRouter(tags=["Schedules"])

_ANSWERED = docs.answered(200, examples.SCHEDULE_ANSWER)
_CHANGED = docs.failed(*docs.READ_ERRORS, Conflict) | _ANSWERED
_MATCHED = _CHANGED | docs.failed(PreconditionFailed)


@router.put(
    "/push/schedule/{id}",
    response_model=ScheduleOut,
    summary="Edit a schedule that is not being sent yet",
    responses=docs.failed(*docs.WRITE_ERRORS, PreconditionFailed) | _ANSWERED,
    openapi_extra=docs.takes(ScheduleIn, examples.SCHEDULE_EDITS) | docs.BEARER | IF_MATCH,
)
async def put_schedule(request: Request, ports: PortsOf, caller: Editor, id: str) -> Response:
    """Says all of it again, as it was read or changed. An absent `sendOn` alone stays as it is, so that what waits
    does not go out by a slip. 412 when somebody else edited it since `If-Match`, 409 once it is sending or has ended,
    and while an edit in the console is being looked at."""
    body = (await read(request, ScheduleIn)).request()
    schedule = await update_schedule(
        caller,
        id,
        body,
        expected(request),
        apps=ports.apps,
        tags=ports.tags,
        templates=ports.templates,
        schedules=ports.schedules,
        runs=ports.runs,
        console=ports.console,
        tasks=ports.tasks,
        audit=ports.audit,
        clock=ports.clock,
    )
    out = new_schedule_out(schedule, body.listed)
    return respond(out, without_none=True, headers=etag(schedule.revision))


@router.post(
    "/push/schedule/{id}/send",
    response_model=ScheduleOut,
    summary="Send a draft",
    responses=_MATCHED,
    openapi_extra=docs.BEARER | IF_MATCH,
)
async def post_send(request: Request, ports: PortsOf, caller: Editor, id: str) -> Response:
    """At its `sendOn`, or now where that is past. 409 for what is no draft, and while an edit in the
    console is being looked at."""
    await send_draft(
        caller,
        id,
        expected(request),
        apps=ports.apps,
        schedules=ports.schedules,
        runs=ports.runs,
        console=ports.console,
        tasks=ports.tasks,
        audit=ports.audit,
        clock=ports.clock,
    )
    return await _standing(id, ports)


@router.post(
    "/push/schedule/{id}/duplicate",
    status_code=201,
    response_model=ScheduleOut,
    summary="Copy a schedule into a draft",
    responses=docs.failed(*docs.READ_ERRORS, Conflict) | docs.answered(201, examples.SCHEDULE_ANSWER),
    openapi_extra=docs.BEARER,
)
async def post_duplicate(ports: PortsOf, caller: Editor, id: str) -> Response:
    """With an id of its own, whatever became of the original. Its time is copied if it is still to come."""
    copy, listed = await duplicate_schedule(
        caller, id, apps=ports.apps, schedules=ports.schedules, runs=ports.runs, audit=ports.audit, clock=ports.clock
    )
    return respond(new_schedule_out(copy, listed), 201, without_none=True, headers=etag(copy.revision))


@router.post(
    "/push/schedule/{id}/cancel",
    response_model=ScheduleOut,
    summary="Cancel a schedule, also while it is being sent or halted",
    responses=_CHANGED | docs.answered(200, examples.CANCELLED_ANSWER),
    openapi_extra=docs.BEARER,
)
async def post_cancel(ports: PortsOf, caller: Editor, id: str) -> Response:
    """Nothing is sent any more, but for the page of at most 500 that each running shard has open. One that is cancelled
    already is answered as it is; 409 for what has ended otherwise."""
    await cancel_schedule(
        caller, id, schedules=ports.schedules, runs=ports.runs, audit=ports.audit, clock=ports.clock
    )  # fmt: skip
    return await _standing(id, ports)


@router.post(
    "/push/schedule/{id}/resume",
    response_model=ScheduleOut,
    summary="Go on with a schedule that was halted",
    responses=_MATCHED | docs.answered(200, examples.RESUMED_ANSWER),
    openapi_extra=docs.BEARER | IF_MATCH,
)
async def post_resume(request: Request, ports: PortsOf, caller: Editor, id: str) -> Response:
    """Once what its `reason` names is mended. Whoever has an outcome is not sent to again; whom FCM refused because of
    the project are, and everybody who was not reached. 409 for what is not halted, or has expired meanwhile."""
    await resume_schedule(
        caller,
        id,
        expected(request),
        apps=ports.apps,
        schedules=ports.schedules,
        runs=ports.runs,
        tasks=ports.tasks,
        audit=ports.audit,
        clock=ports.clock,
    )
    return await _standing(id, ports)


@router.delete(
    "/push/schedule/{id}",
    response_model=ScheduleOut,
    summary="Remove a schedule",
    responses=_MATCHED,
    openapi_extra=docs.BEARER | IF_MATCH,
)
async def remove_schedule(request: Request, ports: PortsOf, caller: Editor, id: str) -> Response:
    """Answers it as it was. One that waits is not sent; one that was sent stays on phones and in its app's totals, but
    its results cannot be read any more. 409 while it is sending."""
    schedule = await delete_schedule(
        caller,
        id,
        expected(request),
        schedules=ports.schedules,
        runs=ports.runs,
        audit=ports.audit,
        clock=ports.clock,
    )
    return respond(schedule_out(schedule), without_none=True)


async def _standing(id: str, ports: Ports) -> Response:
    standing = await read_schedule(id, schedules=ports.schedules, runs=ports.runs, ledger=ports.ledger)
    return respond(standing_out(standing), without_none=True, headers=etag(standing.schedule.revision))

"""What became of notifications on phones, as they report it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.domain.errors import TooManyRequests
from push.entrypoints.api import docs, examples
from push.entrypoints.api.bodies import read_fields, validated
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.activity import ActivityIn, ActivityOut
from push.usecases.report_activity import Intake, report_activity

router = APIRouter(tags=["Activity"])

# A server may report for its phones.
_Reporter = Annotated[Caller, Depends(Needs(Right.DEVICES, apps=True, users=True))]


@router.post(
    "/push/schedule/activity",
    response_model=ActivityOut,
    summary="Report a receipt, an open or a dismissal",
    responses=docs.failed(*docs.WRITE_ERRORS, TooManyRequests)
    | docs.answered(200, next(iter(examples.ACTIVITY.values()))),
    openapi_extra=docs.takes(ActivityIn, examples.ACTIVITY, form=True) | docs.BEARER,
)
async def create_activity(request: Request, ports: PortsOf, caller: _Reporter) -> Response:
    """Counted once for each device and action, in any order, also before the sending is finished. Receipts that the
    app does not want kept are answered like all others.

    Over capacity the answer is 429 with `Retry-After`: nothing was stored, so send it again.
    """
    said = validated(await read_fields(request), ActivityIn)
    intake: Intake = request.app.state.intake
    await report_activity(
        said.report(caller.app),
        intake=intake,
        schedules=ports.schedules,
        devices=ports.devices,
        activity=ports.activity,
        clock=ports.clock,
    )
    answer = ActivityOut(device=said.device, schedule=said.schedule, action=said.action, platform=said.platform)
    return respond(answer)

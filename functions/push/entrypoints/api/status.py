"""How everything is, for who operates it."""

import platform
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.entrypoints.api import docs
from push.entrypoints.api import result_examples as examples
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.status import StatusOut, VersionsOut, status_out
from push.usecases.read_status import Board, read_status

router = APIRouter(tags=["Status"])

Operator = Annotated[Caller, Depends(Needs(Right.STATISTICS))]


@router.get(
    "/status",
    response_model=StatusOut,
    summary="Read how everything is",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.STATUS_ANSWER),
    openapi_extra=docs.BEARER,
)
async def get_status(request: Request, ports: PortsOf, _: Operator) -> Response:
    """What waits in the queues, which notifications are due, late, being sent or halted, what became of targets in the
    last hour, and which shard has waited for longest: of all apps, and at most 5 s old."""
    board: Board = request.app.state.board
    status = await read_status(
        board,
        overview=ports.overview,
        queues=ports.queues,
        runs=ports.runs,
        ledger=ports.ledger,
        clock=ports.clock,
    )
    versions = VersionsOut(
        api=request.app.version,
        revision=request.app.state.revision,
        data_format=ports.overview.data_format,
        python=platform.python_version(),
    )
    return respond(status_out(status, versions))

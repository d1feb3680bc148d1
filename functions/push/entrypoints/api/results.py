"""What became of notifications: one, several, who failed, and an app's day by day."""

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from push.domain.errors import invalid
from push.domain.page import Failure
from push.entrypoints.api import csvtext, docs
from push.entrypoints.api import result_examples as examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import PortsOf, Reader
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas import results as shapes
from push.entrypoints.api.schemas.wire import MAX_INT
from push.ports import Ports
from push.usecases.list_failures import list_failures, stream_failures
from push.usecases.read_results import read_results, search_results
from push.usecases.read_statistics import read_statistics

router = APIRouter(tags=["Results"])

# Of a target, or of a device or user that has none.
_TARGET = re.compile("(device-)?[0-9a-f]{32}")
_PAGE = 100
_MOST = 1_000
# A file of that many rows is a few megabytes; the last row's `target` is the cursor that goes on from there.
_MOST_ROWS = 100_000
_FAILED = docs.failed(*docs.READ_ERRORS)
_CSV: dict[str, Any] = {csvtext.MEDIA_TYPE: {"schema": {"type": "string"}}}


def _ports(ports: Ports) -> dict[str, Any]:
    return {
        "schedules": ports.schedules,
        "runs": ports.runs,
        "ledger": ports.ledger,
        "activity": ports.activity,
        "clock": ports.clock,
    }


@router.get(
    "/push/schedule/{id}/results",
    response_model=shapes.ResultsOut,
    summary="Read what became of a notification",
    responses=_FAILED | docs.answered(200, examples.RESULTS_ANSWER),
    openapi_extra=docs.BEARER,
)
async def get_results(ports: PortsOf, _: Reader, id: str) -> Response:
    """Targets by outcome and reason, devices that reported a receipt, open or dismissal, and when what happened."""
    return respond(shapes.results_out(await read_results(id, **_ports(ports))), without_none=True)


@router.post(
    "/push/archive/search",
    response_model=shapes.ArchiveOut,
    summary="Read the results of several schedules",
    responses=docs.failed(*docs.WRITE_ERRORS) | docs.answered(200, examples.ARCHIVE_ANSWER),
    openapi_extra=docs.takes(shapes.ArchiveIn, examples.ARCHIVE) | docs.BEARER,
)
async def search_archive(request: Request, ports: PortsOf, _: Reader) -> Response:
    """In the order asked for; ids of which there is no schedule are named in `unknown`."""
    body = await read(request, shapes.ArchiveIn)
    found, unknown = await search_results(body.schedules, **_ports(ports))
    return respond(
        shapes.ArchiveOut(items=[shapes.results_out(each) for each in found], unknown=unknown), without_none=True
    )


@router.get(
    "/push/schedule/{id}/failures",
    response_model=shapes.FailuresOut,
    summary="List the devices that a notification did not reach",
    responses=_FAILED | {200: {"content": {"application/json": {"example": examples.FAILURES_ANSWER}} | _CSV}},
    openapi_extra=docs.BEARER,
)
async def get_failures(
    request: Request,
    ports: PortsOf,
    _: Reader,
    id: str,
    limit: Annotated[int | None, Query(ge=1, le=_MOST_ROWS, description=f"JSON: {_PAGE}, at most {_MOST:,}")] = None,
    cursor: Annotated[
        str | None,
        Query(
            description="`nextCursor`, or the `target` of a file's last row",
            json_schema_extra={"pattern": f"^({_TARGET.pattern})?$"},
        ),
    ] = None,
    page: Annotated[int, Query(ge=1, description="1: follow `nextCursor`", json_schema_extra={"maximum": 1})] = 1,
) -> Response:
    """Page by page; or with `Accept: text/csv` as one file of at most 100,000 rows with the same columns."""
    if page != 1:
        raise invalid("/page", "must be 1: these are not numbered, so follow nextCursor with cursor")
    if cursor and not _TARGET.fullmatch(cursor):
        raise invalid("/cursor", "must be the nextCursor of an earlier page, or the target of a row")
    stores: dict[str, Any] = {"schedules": ports.schedules, "ledger": ports.ledger}
    if csvtext.wanted(request.headers.get("accept", "")):
        pages = await stream_failures(id, limit or _MOST_ROWS, cursor or None, **stores)
        headers = {"Content-Disposition": f'attachment; filename="failures-{id}.csv"', "Vary": "Accept"}
        return StreamingResponse(
            _lines(pages), headers=headers, media_type=f"{csvtext.MEDIA_TYPE}; charset=utf-8; header=present"
        )
    if limit is not None and limit > _MOST:
        raise invalid("/limit", f"must be at most {_MOST:,}: follow nextCursor, or ask for text/csv")
    items, next_ = await list_failures(id, limit or _PAGE, cursor or None, **stores)
    answer = shapes.FailuresOut(items=[shapes.failure_out(each) for each in items], next_cursor=next_)
    return respond(answer, without_none=True, headers={"Vary": "Accept"})


async def _lines(pages: AsyncIterator[list[Failure]]) -> AsyncIterator[str]:
    yield csvtext.rows([Failure._fields])
    async for page in pages:
        yield csvtext.rows(page)


@router.get(
    "/push/statistics",
    response_model=shapes.StatisticsOut,
    summary="Read an app's totals, day by day",
    responses=_FAILED | docs.answered(200, examples.STATISTICS_ANSWER),
    openapi_extra=docs.BEARER,
)
async def get_statistics(
    ports: PortsOf,
    _: Reader,
    app: Annotated[int, Query(alias="appId", ge=0, le=MAX_INT, description="the app whose days they are")],
    first: Annotated[date | None, Query(alias="from", description="a day (UTC), such as 2026-11-22")] = None,
    last: Annotated[date | None, Query(alias="to", description="included; today unless said")] = None,
) -> Response:
    """Of notifications whose sending ended on each day (UTC), those that were cancelled or expired on the way included;
    a halted one counts once it is sent, cancelled or expires. At most 92 days, the last 30 unless said."""
    days = await read_statistics(app, first, last, apps=ports.apps, statistics=ports.statistics, clock=ports.clock)
    return respond(shapes.statistics_out(app, days))

"""What goes on in the background, and how far it is."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.entrypoints.api import docs, examples
from push.entrypoints.api.callers import Needs, PortsOf
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.jobs import JobOut, job_out
from push.usecases.read_job import read_job

router = APIRouter(tags=["Jobs"])

JobReader = Annotated[Caller, Depends(Needs(Right.TAGS, Right.APPS, Right.DEVICES, Right.APP_USERS))]


@router.get(
    "/jobs/{id}",
    response_model=JobOut,
    summary="Read how far a background job is",
    responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.JOB_ANSWER),
    openapi_extra=docs.BEARER,
)
async def get_job(ports: PortsOf, _: JobReader, id: str) -> Response:
    """Kept for 90 days after its end."""
    return respond(job_out(await read_job(id, jobs=ports.jobs)), without_none=True)

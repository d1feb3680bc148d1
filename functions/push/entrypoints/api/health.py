"""Whether this function answers at all. Touches nothing: a slow store must not get a healthy instance killed."""

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from push.domain.errors import MethodNotAllowed
from push.entrypoints.api import docs
from push.entrypoints.api.responses import respond

router = APIRouter(tags=["Health"])


class Health(BaseModel):
    status: str = "ok"


@router.get(
    "/health",
    response_model=Health,
    summary="Is the API up?",
    responses=docs.failed(MethodNotAllowed) | docs.answered(200, {"status": "ok"}),
)
async def read_health() -> Response:
    return respond(Health())

"""Whether this function answers at all. Touches nothing: a slow store must not get a healthy instance killed."""

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from push.entrypoints.api.responses import respond

router = APIRouter(tags=["Health"])


class Health(BaseModel):
    status: str = "ok"


@router.get("/health", response_model=Health, summary="Is the API up?")
async def read_health() -> Response:
    return respond(Health())

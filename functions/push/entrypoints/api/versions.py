"""What apps ask when they start: which of their versions still work. All do."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from push.domain.errors import MethodNotAllowed
from push.entrypoints.api import docs
from push.entrypoints.api.responses import respond, respond_list

router = APIRouter(tags=["Versions"])


class MinimumVersions(BaseModel):
    min_android: str = Field("0", alias="minAndroid")
    min_ios: str = Field("0", alias="minIOS")


@router.get(
    "/authentication/version/current",
    response_model=MinimumVersions,
    summary="Read the oldest versions that work",
    responses=docs.failed(MethodNotAllowed) | docs.answered(200, {"minAndroid": "0", "minIOS": "0"}),
)
async def read_minimum_versions() -> Response:
    """Asked by Android when an app starts."""
    return respond(MinimumVersions())


@router.get(
    "/authentication/version",
    response_model=list[MinimumVersions],
    summary="List versions and their changes",
    responses=docs.failed(MethodNotAllowed) | docs.answered(200, []),
)
async def list_versions() -> Response:
    """Asked by iOS when an app starts. There are none to tell of."""
    return respond_list([])

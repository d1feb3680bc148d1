"""What apps ask when they start: which of their versions still work (contract §1). All do."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from push.entrypoints.api.responses import respond, respond_list

router = APIRouter(tags=["Versions"])


class MinimumVersions(BaseModel):
    min_android: str = Field("0", alias="minAndroid")
    min_ios: str = Field("0", alias="minIOS")


@router.get("/authentication/version/current", response_model=MinimumVersions, summary="The oldest versions that work")
async def read_minimum_versions() -> Response:
    return respond(MinimumVersions())


@router.get("/authentication/version", response_model=list[MinimumVersions], summary="Versions and their changes")
async def list_versions() -> Response:
    return respond_list([])

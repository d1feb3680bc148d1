"""Answers that succeed: 200 or 201 with JSON, never without a body."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel
from starlette.responses import Response

MEDIA_TYPE = "application/json"


def respond(
    model: BaseModel,
    status: int = 200,
    *,
    without: Sequence[str] = (),
    without_none: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`model` as JSON, encoded once; FastAPI passes a finished response on as it is."""
    content = model.model_dump_json(by_alias=True, exclude=set(without), exclude_none=without_none)
    return Response(content, status, headers, MEDIA_TYPE)


def respond_list(models: Sequence[BaseModel]) -> Response:
    """A bare array; fields that say nothing are left out."""
    content = ",".join(model.model_dump_json(by_alias=True, exclude_none=True) for model in models)
    return Response(f"[{content}]", media_type=MEDIA_TYPE)

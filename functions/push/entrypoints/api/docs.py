"""The OpenAPI document and Swagger UI, which work without the internet. Both are made when first asked for."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response

from push.domain.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    PushError,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from push.entrypoints.api import problems
from push.entrypoints.api.bodies import FORM
from push.entrypoints.api.groups import GROUPS
from push.entrypoints.api.rights import Operations, describe

router = APIRouter(include_in_schema=False)

READ_ERRORS = (Unauthenticated, Forbidden, NotFound, MethodNotAllowed, Invalid, Unavailable)
WRITE_ERRORS = (*READ_ERRORS, Malformed, Conflict, TooLarge, UnsupportedMediaType)
BEARER: dict[str, Any] = {"security": [{"bearer": []}]}
_JSON = "application/json"
_REF = "#/components/schemas/{model}"
_TOKENS = "from oauth/token; or an ID token of an issuer that the deployment accepts"
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": _TOKENS},
    "basic": {"type": "http", "scheme": "basic", "description": "name and password, for the token call alone"},
}
_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}


# The models of all bodies, as routers say them while they are imported.
_BODIES: dict[str, type[BaseModel]] = {}


def takes(model: type[BaseModel], examples: Mapping[str, Any], form: bool = False) -> dict[str, Any]:
    """The documentation of a body that `bodies` reads, which FastAPI therefore knows nothing of."""
    _BODIES[model.__name__] = model
    named = {name.lower().replace(" ", "-").replace(",", ""): row for name, row in _rows(examples).items()}
    content = {"schema": {"$ref": _REF.format(model=model.__name__)}, "examples": named}
    return {"requestBody": {"required": True, "content": dict.fromkeys([_JSON, FORM] if form else [_JSON], content)}}


def header(name: str, description: str, example: str, pattern: str = "") -> dict[str, Any]:
    """The documentation of an optional header that an endpoint reads by itself."""
    said = {"name": name, "in": "header", "required": False, "description": description, "example": example}
    return {"parameters": [said | {"schema": {"type": "string"} | ({"pattern": pattern} if pattern else {})}]}


def answered(status: int, example: Any) -> dict[int | str, dict[str, Any]]:
    return {status: {"content": {_JSON: {"example": example}}}}


def failed(*errors: type[PushError]) -> dict[int | str, dict[str, Any]]:
    """The error answers of an endpoint."""
    schema = {"$ref": _REF.format(model=problems.Problem.__name__)}
    return {
        error.status: {
            "description": error.title,
            "content": {problems.MEDIA_TYPE: {"schema": schema, "example": _failure(error)}},
        }
        for error in errors
    }


def _failure(error: type[PushError]) -> dict[str, Any]:
    if error is TooManyRequests:
        return problems.document(TooManyRequests("too many log in at once: try again in 5 seconds", 5)).model_dump()
    sample = error("what is wrong, and what to do about it")
    if error is Invalid:
        sample.errors = (FieldError("/name", "is missing: send it"),)
    return problems.document(sample).model_dump()


def _rows(examples: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"summary": name, "value": value} for name, value in examples.items()}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole OpenAPI document: FastAPI's, with the models of the bodies and of the errors, and all rights."""
    from fastapi.openapi.utils import get_openapi
    from pydantic.json_schema import models_json_schema

    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=GROUPS
    )
    models: list[type[BaseModel]] = [problems.Problem, *_BODIES.values()]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    components = made.setdefault("components", {})
    components["schemas"] = {
        name: schema
        for name, schema in sorted({**components.get("schemas", {}), **schemas["$defs"]}.items())
        if name not in ("HTTPValidationError", "ValidationError")  # FastAPI's own errors, which ours replace
    }
    components["securitySchemes"] = _SECURITY
    describe(made["paths"], app.state.operations)
    _show_nulls(made["paths"], app.state.operations)
    return made


def _show_nulls(paths: dict[str, Any], operations: Operations) -> None:
    """FastAPI leaves them out of the examples of answers, as if our answers did."""
    for (path, method), route in operations.items():
        for status, said in route.responses.items() if path in paths and method in paths[path] else ():
            for kind, content in said.get("content", {}).items():
                if "example" in content:
                    paths[path][method]["responses"][str(status)]["content"][kind]["example"] = content["example"]


@router.get("/openapi.json")
async def read_document(request: Request) -> Response:
    app: FastAPI = request.app
    if app.openapi_schema is None:
        app.openapi_schema = await run_in_threadpool(document, app)
    return JSONResponse(app.openapi_schema)


@router.get("/docs")
async def read_page() -> Response:
    from fastapi.openapi.docs import get_swagger_ui_html

    # Swagger UI shows a badge of the document from its maker's server, unless told not to.
    parameters = {"validatorUrl": None, "persistAuthorization": True, "displayRequestDuration": True}
    page: HTMLResponse = get_swagger_ui_html(
        openapi_url="/api/openapi.json",
        title="HALO Push",
        swagger_js_url="/api/docs/swagger-ui-bundle.js",
        swagger_css_url="/api/docs/swagger-ui.css",
        swagger_favicon_url="/api/docs/favicon-32x32.png",
        swagger_ui_parameters=parameters,
    )
    return page


@router.get("/docs/{name}")
async def read_asset(name: str) -> Response:
    if name not in _ASSETS:
        raise NotFound("no such file")
    content = await run_in_threadpool(_asset, name)
    return Response(content, media_type=_ASSETS[name], headers={"Cache-Control": "public, max-age=86400"})


@cache
def _asset(name: str) -> bytes:
    return resources.files("fastapi_swagger").joinpath("resources", name).read_bytes()

"""Which browsers may call: CORS, whose refusals are problem documents like every other error."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from push.domain.errors import Malformed
from push.entrypoints.api.problems import problem
from push.settings import Settings

_METHODS = ("GET", "POST", "PUT", "DELETE")
_HEADERS = ("accept", "content-type", "authorization", "authentication", "to-cache", "if-match", "idempotency-key")


class Origins(CORSMiddleware):
    """Errors carry its headers too, or a browser shows its script no error at all."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        origins = [origin.strip() for origin in settings.allowed_origins.split(",")]
        super().__init__(
            app, allow_origins=origins, allow_methods=_METHODS, allow_headers=_HEADERS, expose_headers=["etag"]
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code == 200:
            return answer
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        refused = bytes(answer.body).decode().removeprefix("Disallowed CORS ")
        return problem(Malformed(f"a browser may not call like this (CORS): see its {refused}"), kept)

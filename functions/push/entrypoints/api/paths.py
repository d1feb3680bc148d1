"""One spelling of every path: HALO's clients write slashes twice, at the end or not, and Google strips `/api`.

Never a redirect: phones follow none with a POST.
"""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/api"
_SLASHES = re.compile("/{2,}")
# What the functions framework's own router leaves in a scope, and ours must not take for its own.
_FOREIGN = ("path_params", "endpoint", "router", "route")


def normal(path: str) -> str:
    """`//push/schedule/` and `/api/push/schedule` are `/api/push/schedule`."""
    path = "/" + _SLASHES.sub("/", path).strip("/")
    return path if path == PREFIX or path.startswith(PREFIX + "/") else PREFIX + path.rstrip("/")


class Paths:
    """Hands requests on with their path in its one spelling, and HEAD as a GET whose body nobody sees."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = normal(scope["path"])
        inner = {key: value for key, value in scope.items() if key not in _FOREIGN}
        inner |= {"path": path, "raw_path": path.encode(errors="replace"), "root_path": ""}
        if scope["method"] != "HEAD":
            await self._app(inner, receive, send)
            return

        async def headless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(inner | {"method": "GET"}, receive, headless)

"""The outermost layer: whatever goes wrong inside, the caller gets one problem document and the log one line."""

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from push import logs
from push.domain.errors import PushError
from push.entrypoints.api.problems import problem


class Guard:
    """Nothing escapes it: the functions framework would answer a second time.

    FastAPI answers for what fails inside of it and raises again; `fallback` answers for what fails around it.
    """

    def __init__(self, app: ASGIApp, fallback: ASGIApp) -> None:
        self._app = app
        self._fallback = fallback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        logs.begin_request(Headers(raw=scope.get("headers", [])))
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            logs.event("client-gone", "DEBUG")
        except Exception as error:  # noqa: BLE001  the last line of defence
            logs.event("request-crashed", "ERROR", error=error)
            if not started:
                await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._fallback(scope, receive, send)
        except OSError:
            logs.event("client-gone", "DEBUG")


async def answer_crash(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application that knows one sentence."""
    await problem(PushError("unexpected error: it has been logged; try again later"))(scope, receive, send)

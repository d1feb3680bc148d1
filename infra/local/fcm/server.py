"""The emulator as an RSGI application on granian: HTTP/1.1 and HTTP/2 without TLS (prior knowledge) on one port."""

import asyncio
import json
import signal
import socket
from importlib.resources import files

from granian.constants import Interfaces
from granian.http import HTTP2Settings
from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]  # re-exported without saying so
from granian.server.embed import Server

from infra.local.fcm.cut import cut_connection
from infra.local.fcm.errors import Refused
from infra.local.fcm.routes import SEND, Request, answer, methods, not_found, wrong_method
from infra.local.fcm.send import Answer, State, send
from infra.local.fcm.stream import stream_events

STREAMS = 100  # at once on one HTTP/2 connection, as Google's front end allows
JSON = ("content-type", "application/json; charset=UTF-8")
ASSETS = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page/phones.css": ("phones.css", "text/css; charset=utf-8"),
    "/page/phones.js": ("phones.js", "text/javascript; charset=utf-8"),
    "/page/card.js": ("card.js", "text/javascript; charset=utf-8"),
    "/page/icon.svg": ("icon.svg", "image/svg+xml"),
}
# What phones show is untrusted text: nothing but our own files may run or load.
GUARD = [("content-security-policy", "default-src 'self'"), ("x-content-type-options", "nosniff")]


class Emulator:
    def __init__(self) -> None:
        self.state = State()
        self.stopping = asyncio.Event()
        page = files("infra.local.fcm") / "page"
        self._assets = {path: ((page / name).read_bytes(), kind) for path, (name, kind) in ASSETS.items()}

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        sent = SEND.fullmatch(scope.path) if scope.method == "POST" else None
        if sent is None:
            await self._other(scope, protocol)
            return
        body = await protocol()
        answered = await send(self.state, sent[1], scope.headers.get("authorization", ""), body, scope.client)
        if answered == "cut":
            cut_connection(scope.client)
            protocol.response_empty(503, [])  # into the void: the connection is gone
        else:
            _respond(protocol, answered)

    async def _other(self, scope: Scope, protocol: HTTPProtocol) -> None:
        path, allowed = scope.path, methods(scope.path)
        if path == "/events" and scope.method == "GET":
            await stream_events(self.state, protocol, self.stopping)
        elif path in self._assets and scope.method == "GET":
            content, kind = self._assets[path]
            protocol.response_bytes(200, [("content-type", kind), ("cache-control", "no-cache"), *GUARD], content)
        else:
            body = await protocol()
            try:
                if scope.method not in allowed:
                    raise wrong_method(scope.method, allowed) if allowed else not_found()
                _respond(protocol, answer(self.state, Request(scope.method, path, scope.query_string, body)))
            except Refused as refused:
                _respond(protocol, Answer(refused.code, json.dumps(refused.document).encode()))


def _respond(protocol: HTTPProtocol, answered: Answer) -> None:
    headers = [JSON]
    if answered.retry_after is not None:
        headers.append(("retry-after", str(answered.retry_after)))
    protocol.response_bytes(answered.status, headers, answered.body)


def claim(host: str, port: int) -> None:
    """Raises OSError if somebody listens there: granian would share the port with them (SO_REUSEPORT)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


async def serve(host: str, port: int) -> None:
    """Serves until SIGTERM or SIGINT."""
    emulator = Emulator()
    server = Server(
        emulator,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        websockets=False,
        log_enabled=False,
        http2_settings=HTTP2Settings(max_concurrent_streams=STREAMS),
        backlog=1024,
        backpressure=65_536,
    )

    def stop() -> None:
        emulator.stopping.set()
        server.stop()  # type: ignore[no-untyped-call]

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await server.serve()

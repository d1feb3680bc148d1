"""Requests byte for byte, as they leave a phone's socket, into the API without one."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode

from starlette.types import ASGIApp, Message

FORM = "application/x-www-form-urlencoded"


class Crash(Exception):
    """Here the SDK would have taken its app down."""


class Answer(NamedTuple):
    """An answer as it comes in: names of headers in lower case, and the body unread."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body.decode())


def exchange(
    api: ASGIApp, method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
) -> Answer:
    """One request: `target` is the path and query exactly as they stand in the request line."""
    path, _, query = target.partition("?")
    sent = [(b"host", b"halo.example"), *((name.lower().encode(), value.encode()) for name, value in headers)]
    if body:
        sent.append((b"content-length", str(len(body)).encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "https", "method": method,
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": sent, "client": ("192.0.2.7", 40_000), "server": ("halo.example", 443),
    }  # fmt: skip
    answered: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        answered.append(message)

    async def play() -> None:
        await api(scope, receive, send)

    asyncio.run(play())
    start, *parts = answered
    got = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], got, b"".join(part.get("body", b"") for part in parts))


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

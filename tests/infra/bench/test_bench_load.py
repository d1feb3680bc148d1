"""What measures must itself be right: every request once, and every answer counted."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from infra.bench.load import Answered, form_post, json_post, send_all
from infra.local.trouble import Broke

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def played(talk: Talk, requests: list[bytes], connections: int) -> Answered:
    """The requests against a server that talks so; every connection of it is over at the end."""
    over: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over.append(asyncio.Event())
        mine = over[-1]
        with contextlib.suppress(asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        mine.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        try:
            return await send_all("127.0.0.1", server.sockets[0].getsockname()[1], requests, connections)
        finally:
            await asyncio.gather(*(event.wait() for event in over))


def test_every_request_is_sent_once_over_kept_connections_and_its_status_counted() -> None:
    seen: list[bytes] = []
    connections = 0

    async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
            seen.append(body)
            status = b"429 Slow" if body == b"n=3" else b"200 OK"
            writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 2\r\n\r\n{}")

    requests = [form_post("h", "/p", "token", f"n={n}".encode()) for n in range(20)]
    answered = asyncio.run(played(answer_all, requests, 4))
    assert sorted(seen) == sorted(f"n={n}".encode() for n in range(20))
    assert connections == 4
    assert answered.statuses == Counter({200: 19, 429: 1})
    assert len(answered.waits_ms) == 20
    assert answered.quantile_ms(0.5) <= answered.quantile_ms(1.0)


def test_a_server_that_hangs_up_is_no_measurement() -> None:
    async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    with pytest.raises(Broke, match="hung up"):
        asyncio.run(played(hang_up, [form_post("h", "/p", "t", b"")], 1))


def test_a_quantile_is_a_wait_that_somebody_had() -> None:
    answered = Answered(Counter({200: 100}), 2.0, [float(wait) for wait in range(1, 101)])
    assert answered.a_second == 50
    assert [answered.quantile_ms(share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 51, 100, 100]


def test_a_posted_document_is_json_of_the_length_that_it_says() -> None:
    head, body = json_post("h", "/p", "token", {"name": "Blaufränkisch"}).split(b"\r\n\r\n")
    assert b"Content-Type: application/json" in head
    assert f"Content-Length: {len(body)}".encode() in head

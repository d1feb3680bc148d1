"""What measures must itself be right: every request once, every answer counted, and a ratio of like with like."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from infra.bench.__main__ import ratio, table
from infra.bench.activity import Measured
from infra.bench.load import Answered, form_post, send_all
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


def test_the_ratio_is_of_the_best_of_both() -> None:
    def measured(name: str, rate: int) -> Measured:
        return Measured(name, 64, Answered(Counter({200: rate}), 1.0, [1.0]), 0.5)

    rows = [
        measured("push/schedule/activity", 400),
        measured("push/schedule/activity", 500),
        measured("empty FastAPI function", 2_000),
        measured("empty FastAPI function", 1_000),
    ]
    assert ratio(rows) == "Activity: 500 a second, stored; 0.25 of an empty function's 2,000."
    assert table(rows).row_count == 4

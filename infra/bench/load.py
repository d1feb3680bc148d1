"""Requests from many connections at once, each waiting for its answer: a client that costs little beside what it asks.

HTTP/1.1 with keep-alive, spoken by hand: httpx takes as long for a request as the function that answers it.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from infra.local.trouble import Broke


class Answered(NamedTuple):
    """How many of each status, how long all of it took (s), and how long each one (ms), sorted."""

    statuses: Counter[int]
    took_s: float
    waits_ms: Sequence[float]

    @property
    def a_second(self) -> float:
        return sum(self.statuses.values()) / self.took_s

    def quantile_ms(self, share: float) -> float:
        return self.waits_ms[min(int(len(self.waits_ms) * share), len(self.waits_ms) - 1)]


def form_post(host: str, path: str, token: str, body: bytes) -> bytes:
    return _post(host, path, token, "application/x-www-form-urlencoded", body)


def json_post(host: str, path: str, token: str, document: Any) -> bytes:
    return _post(host, path, token, "application/json", json.dumps(document).encode())


def _post(host: str, path: str, token: str, kind: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send_all(host: str, port: int, requests: Sequence[bytes], connections: int) -> Answered:
    """Every request once, over at most so many connections. Raises Broke when the server hangs up."""
    statuses: Counter[int] = Counter()
    waits: list[float] = []
    waiting = iter(requests)
    streams = [await asyncio.open_connection(host, port) for _ in range(min(connections, len(requests)))]
    began = time.perf_counter()
    try:
        await asyncio.gather(*(_converse(reader, writer, waiting, statuses, waits) for reader, writer in streams))
        took = time.perf_counter() - began
    except (asyncio.IncompleteReadError, ConnectionError):
        raise Broke("The function hung up in the middle: its log says why.") from None
    finally:
        for _, writer in streams:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in streams), return_exceptions=True)
    return Answered(statuses, took, sorted(waits))


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    waiting: Iterator[bytes],
    statuses: Counter[int],
    waits: list[float],
) -> None:
    for request in waiting:
        sent = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        waits.append(1_000 * (time.perf_counter() - sent))
        statuses[int(head[9:12])] += 1

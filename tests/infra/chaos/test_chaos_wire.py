"""The wire: what it carries, and what happens to it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

import pytest

from infra.chaos.schedule import KINDS, draw
from infra.chaos.wire import Wire

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """Answers what it hears, and remembers it. `brief`: it hangs up after its first answer."""

    def __init__(self) -> None:
        self.heard = b""
        self.brief = False
        self.serving: set[asyncio.Task[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(cast("asyncio.Task[Any]", asyncio.current_task()))
        with suppress(OSError):
            while data := await reader.read(100):
                self.heard += data
                writer.write(data)
                if self.brief:
                    break
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def played(play: Callable[[Wire, Echo], Awaitable[None]], upstreams: int = 1) -> None:
    async def whole() -> None:
        echo = Echo()
        servers = [await asyncio.start_server(echo.serve, "127.0.0.1", 0) for _ in range(upstreams)]
        wire = Wire(*(server.sockets[0].getsockname()[1] for server in servers))
        await wire.open()
        try:
            async with asyncio.timeout(10):
                await play(wire, echo)
        finally:
            for _, writer in lines:
                writer.transport.abort()
            lines.clear()
            await wire.close()
            await asyncio.gather(*echo.serving)
            for server in servers:
                server.close()

    asyncio.run(whole())


lines: list[Line] = []


async def call(wire: Wire) -> Line:
    lines.append(await asyncio.open_connection("127.0.0.1", wire.port))
    return lines[-1]


async def ask(line: Line, what: bytes) -> bytes:
    line[1].write(what)
    return await line[0].read(100)


async def hangs_up(line: Line, what: bytes = b"x") -> None:
    with suppress(ConnectionError):
        assert await ask(line, what) == b""


def test_it_carries_both_ways() -> None:
    async def play(wire: Wire, echo: Echo) -> None:
        assert await ask(await call(wire), b"hello") == b"hello"

    played(play)


def test_a_cut_ends_what_is_open_and_the_next_call_gets_through() -> None:
    async def play(wire: Wire, echo: Echo) -> None:
        line = await call(wire)
        await ask(line, b"hello")
        assert wire.cut() == 1
        await hangs_up(line)
        assert await ask(await call(wire), b"again") == b"again"

    played(play)


def test_nobody_gets_through_while_it_refuses() -> None:
    async def play(wire: Wire, echo: Echo) -> None:
        wire.refuse = True
        await hangs_up(await call(wire))
        wire.refuse = False
        assert await ask(await call(wire), b"again") == b"again"

    played(play)


def test_nothing_moves_while_it_is_held_and_nothing_is_lost() -> None:
    async def play(wire: Wire, echo: Echo) -> None:
        line = await call(wire)
        wire.hold = True
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(line, b"hello"), 0.1)
        wire.hold = False
        assert await line[0].read(100) == b"hello"

    played(play)


def test_what_is_said_over_a_deaf_wire_is_done_and_nobody_hears_of_it() -> None:
    async def play(wire: Wire, echo: Echo) -> None:
        line = await call(wire)
        wire.deaf = echo.brief = True
        assert await ask(line, b"commit") == b""
        assert echo.heard == b"commit"
        wire.cut()
        wire.deaf = False
        await hangs_up(line)

    played(play)


def test_it_takes_turns_between_its_upstreams_and_goes_around_a_dead_one() -> None:
    async def play(wire: Wire, echo: Echo) -> None:
        for _ in range(4):
            assert await ask(await call(wire), b"hello") == b"hello"
        first, second = {port for _, port in wire._open.values()}
        assert wire.cut(first) == 2
        wire._upstreams[wire._upstreams.index(second)] = 1
        assert await ask(await call(wire), b"hello") == b"hello"
        assert await ask(await call(wire), b"hello") == b"hello"

    played(play, upstreams=2)


def test_a_seed_says_which_fault_begins_when_and_every_kind_comes() -> None:
    assert draw(7, 20) == draw(7, 20) != draw(8, 20)
    assert {fault.kind for fault in draw(1, 5)} == set(KINDS)
    assert len(draw(1, 90)) > len(KINDS)
    assert [fault.at for fault in draw(3, 20)] == sorted(fault.at for fault in draw(3, 20))

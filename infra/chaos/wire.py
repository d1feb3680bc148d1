"""A wire between programs that can be cut, held up and made deaf: a TCP proxy that knows nothing of what it carries."""

import asyncio
from contextlib import suppress
from typing import Any, cast

_CHUNK = 65_536


class Wire:
    """Takes each new connection to the next of `upstreams` (ports of this machine) that takes it.

    `refuse`: nobody gets through. `hold`: nothing moves, and nobody is told. `deaf`: what callers say arrives and is
    done, but they never hear of it; cut it afterwards, or they wait on."""

    def __init__(self, *upstreams: int) -> None:
        self._upstreams = list(upstreams)
        self._open: dict[asyncio.StreamWriter, tuple[asyncio.StreamWriter, int]] = {}
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._carrying: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None
        self._next = 0
        self.refuse = False
        self.deaf = False
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0, backlog=1_024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self.refuse = True
        self.hold = False
        self.cut()
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    @property
    def hold(self) -> bool:
        return not self._flowing.is_set()

    @hold.setter
    def hold(self, held: bool) -> None:
        if held:
            self._flowing.clear()
        else:
            self._flowing.set()

    def cut(self, upstream: int | None = None) -> int:
        """Ends all connections, or those to one upstream, as a crash of the network would. How many."""
        doomed = [(near, far) for near, (far, port) in self._open.items() if upstream in (None, port)]
        for near, far in doomed:
            near.transport.abort()
            far.transport.abort()
        return len(doomed)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected = None if self.refuse else await self._connect()
        if connected is None:
            writer.transport.abort()
            return
        from_far, to_far, port = connected
        self._open[writer] = (to_far, port)
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._carrying.add(task)
        try:
            await asyncio.gather(self._pump(reader, to_far, answers=False), self._pump(from_far, writer, answers=True))
        finally:
            del self._open[writer]
            self._carrying.discard(task)
            writer.transport.abort()
            to_far.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, int] | None:
        for _ in self._upstreams:
            port = self._upstreams[self._next % len(self._upstreams)]
            self._next += 1
            with suppress(OSError):
                return *await asyncio.open_connection("127.0.0.1", port), port
        return None

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._flowing.wait()
                if self.deaf and answers:
                    continue
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()

"""Many HTTP/2 requests at once: libcurl's multi interface in a thread of its own, beside the event loop.

Ten connections of a hundred streams carry a thousand requests in flight, which FCM's usual 350 ms asks for at a few
thousand messages a second. The thread sleeps in one selector over libcurl's sockets and a pipe that wakes it.
"""

import asyncio
import os
import selectors
import threading
import time
from collections import deque
from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple

import pycurl

CONNECTIONS = 10
STREAMS = 100
IN_FLIGHT = CONNECTIONS * STREAMS


class Reply(NamedTuple):
    """What came back: an HTTP status with its body, or 0 and libcurl's error number.

    `sent` is whether any of the request may have reached the other side. `retry_after` in seconds, 0 if not said.
    """

    status: int
    body: bytes = b""
    retry_after: int = 0
    error: int = 0
    sent: bool = True


class _Batch:
    def __init__(self, loop: asyncio.AbstractEventLoop, url: str, headers: list[str], bodies: Sequence[bytes]) -> None:
        self.loop = loop
        self.url = url
        self.headers = headers
        self.bodies = bodies
        self.replies: list[Reply | None] = [None] * len(bodies)
        self.open = len(bodies)
        self.future: asyncio.Future[list[Reply]] = loop.create_future()

    def settle(self, index: int, reply: Reply) -> None:
        self.replies[index] = reply
        self.open -= 1
        if self.open == 0:
            self.loop.call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        if not self.future.done():
            self.future.set_result([reply for reply in self.replies if reply is not None])


class Exchange:
    """`post` sends every body once; it never sends one again by itself, not even when a connection breaks."""

    def __init__(self, timeout_s: int, prior_knowledge: bool) -> None:
        self._timeout_s = timeout_s
        # Plain http (an emulator) has no ALPN to agree on HTTP/2.
        self._version = pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE if prior_knowledge else pycurl.CURL_HTTP_VERSION_2TLS
        self._waiting: deque[tuple[_Batch, int]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False

    async def post(self, url: str, headers: list[str], bodies: Sequence[bytes]) -> list[Reply]:
        """One reply a body, in order."""
        if not bodies:
            return []
        batch = _Batch(asyncio.get_running_loop(), url, headers, bodies)
        with self._lock:
            if self._thread is None:
                self._start()
            self._waiting.extend((batch, index) for index in range(len(bodies)))
        os.write(self._wake_write, b"x")
        return await batch.future

    def close(self) -> None:
        """Ends the thread; what is in flight is given up."""
        if self._thread is not None:
            self._stopping = True
            os.write(self._wake_write, b"x")
            self._thread.join()
            self._thread = None

    def _start(self) -> None:
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._thread = threading.Thread(target=self._run, name="fcm-exchange", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        _Loop(self._waiting, self._wake_read, self._new_handle, lambda: self._stopping).run()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _new_handle(self) -> Any:
        curl = pycurl.Curl()
        curl.setopt(pycurl.HTTP_VERSION, self._version)
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.TIMEOUT, self._timeout_s)
        curl.setopt(pycurl.CONNECTTIMEOUT, min(10, self._timeout_s))
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.TCP_NODELAY, 1)
        curl.setopt(pycurl.FOLLOWLOCATION, 0)
        return curl


class _Loop:
    """The thread's own world: everything here runs on it alone."""

    def __init__(self, waiting: deque[tuple[_Batch, int]], wake: int, new_handle: Any, stopping: Any) -> None:
        self._waiting = waiting
        self._wake = wake
        self._stopping = stopping
        self._new_handle = new_handle
        self._selector = selectors.DefaultSelector()
        self._selector.register(wake, selectors.EVENT_READ)
        self._deadline: float | None = None
        self._free: list[Any] = []
        self._made = 0
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, CONNECTIONS)
        self._multi.setopt(pycurl.M_MAX_CONCURRENT_STREAMS, STREAMS)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)

    def run(self) -> None:
        while not self._stopping():
            events = self._selector.select(self._patience())
            for key, mask in events:
                if key.fd == self._wake:
                    os.read(self._wake, 4096)
                else:
                    self._multi.socket_action(key.fd, _to_curl(mask))
            if self._deadline is not None and time.monotonic() >= self._deadline:
                self._deadline = None
                self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
            self._collect()
            if self._fill():
                self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
                self._collect()
        self._multi.close()
        self._selector.close()

    def _patience(self) -> float | None:
        if self._waiting and (self._free or self._made < IN_FLIGHT):
            return 0
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def _fill(self) -> bool:
        added = False
        while self._waiting and (self._free or self._made < IN_FLIGHT):
            curl = self._free.pop() if self._free else self._make()
            batch, index = self._waiting.popleft()
            body = batch.bodies[index]
            answer = BytesIO()
            curl.setopt(pycurl.URL, batch.url)
            curl.setopt(pycurl.HTTPHEADER, batch.headers)
            # libcurl may repeat a request by itself when a connection it reuses breaks before any answer. With a body
            # that it reads and cannot rewind it cannot: a phone would ring twice.
            curl.setopt(pycurl.POSTFIELDSIZE, len(body))
            curl.setopt(pycurl.READFUNCTION, BytesIO(body).read)
            curl.setopt(pycurl.WRITEFUNCTION, answer.write)
            curl.job = (batch, index, answer)
            self._multi.add_handle(curl)
            added = True
        return added

    def _make(self) -> Any:
        self._made += 1
        return self._new_handle()

    def _collect(self) -> None:
        more = 1
        while more:
            more, done, failed = self._multi.info_read(200)
            for curl in done:
                status = curl.getinfo(pycurl.RESPONSE_CODE)
                later = curl.getinfo(pycurl.RETRY_AFTER) if status in (429, 503) else 0
                self._settle(curl, lambda body, s=status, r=later: Reply(s, body, r))
            for curl, error, _ in failed:
                sent = curl.getinfo(pycurl.SIZE_UPLOAD_T) > 0
                self._settle(curl, lambda _, e=error, s=sent: Reply(0, error=e, sent=s))

    def _settle(self, curl: Any, reply: Any) -> None:
        self._multi.remove_handle(curl)
        batch, index, answer = curl.job
        curl.job = None
        self._free.append(curl)
        batch.settle(index, reply(answer.getvalue()))

    def _on_socket(self, what: int, fd: int, _multi: Any, _data: Any) -> None:
        if what == pycurl.POLL_REMOVE:
            if fd in self._selector.get_map():
                self._selector.unregister(fd)
            return
        mask = 0
        if what in (pycurl.POLL_IN, pycurl.POLL_INOUT):
            mask |= selectors.EVENT_READ
        if what in (pycurl.POLL_OUT, pycurl.POLL_INOUT):
            mask |= selectors.EVENT_WRITE
        if fd in self._selector.get_map():
            self._selector.modify(fd, mask)
        else:
            self._selector.register(fd, mask)

    def _on_timer(self, timeout_ms: int) -> None:
        self._deadline = None if timeout_ms < 0 else time.monotonic() + timeout_ms / 1000


def _to_curl(mask: int) -> int:
    action = 0
    if mask & selectors.EVENT_READ:
        action |= pycurl.CSELECT_IN
    if mask & selectors.EVENT_WRITE:
        action |= pycurl.CSELECT_OUT
    return action

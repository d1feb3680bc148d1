"""libcurl's multi interface, driven by a selector over its sockets and a pipe that wakes it."""

import os
import selectors
import time
from collections import deque
from io import BytesIO
from typing import Any

import pycurl

from push import logs
from push.adapters.fcm.batch import TAKEN, Batch, Reply

CONNECTIONS = 10
STREAMS = 100
IN_FLIGHT = CONNECTIONS * STREAMS
# Our own error, beside libcurl's numbers: a request that could not be made.
_OURS = -1
# Between two passes. libcurl looks at every stream of a connection whenever anything arrives on it, so answers that are
# taken together cost less; one that comes alone is not kept waiting.
_REST_S = 0.002


class Loop:
    """The thread's own world: everything here runs on it alone."""

    def __init__(self, waiting: deque[tuple[Batch, int]], wake: int, new_handle: Any, stopping: Any) -> None:
        self._waiting = waiting
        self._wake = wake
        self._stopping = stopping
        self._new_handle = new_handle
        self._selector = selectors.DefaultSelector()
        self._selector.register(wake, selectors.EVENT_READ)
        self._deadline: float | None = None
        self._free: list[Any] = []
        self._active: set[Any] = set()
        self._made = 0
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, CONNECTIONS)
        self._multi.setopt(pycurl.M_MAX_CONCURRENT_STREAMS, STREAMS)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)

    def run(self) -> None:
        passed = 0.0
        while not self._stopping():
            time.sleep(max(0.0, passed + _REST_S - time.monotonic()))
            events = self._selector.select(self._patience())
            passed = time.monotonic()
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

    def give_up(self) -> None:
        """Answers everybody: what was handed to libcurl may have been sent, what waits was not."""
        for curl in self._active:
            batch, index = curl.job
            batch.settle(index, Reply(0, error=_OURS))
        while self._waiting:
            batch, index = self._waiting.popleft()
            batch.settle(index, Reply(0, error=_OURS, sent=False))
        for curl in [*self._active, *self._free]:
            curl.close()
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
            try:
                self._add(curl, batch, index)
            except Exception as error:  # noqa: BLE001  one request that cannot be made must not end the others
                logs.event("request-not-made", "ERROR", error=error)
                self._free.append(curl)
                batch.settle(index, Reply(0, error=_OURS, sent=False))
                continue
            added = True
        return added

    def _add(self, curl: Any, batch: Batch, index: int) -> None:
        body = batch.bodies[index]
        if curl.url != batch.url:
            curl.setopt(pycurl.URL, batch.url)
            curl.url = batch.url
        if curl.headers != batch.headers:
            curl.setopt(pycurl.HTTPHEADER, batch.headers)
            curl.headers = batch.headers
        # libcurl may repeat a request by itself when a connection it reuses breaks before any answer. With a body that
        # it reads and cannot rewind it cannot: a phone would ring twice.
        curl.setopt(pycurl.POSTFIELDSIZE, len(body))
        curl.setopt(pycurl.READFUNCTION, BytesIO(body).read)
        self._multi.add_handle(curl)
        curl.job = (batch, index)
        self._active.add(curl)

    def _make(self) -> Any:
        self._made += 1
        curl = self._new_handle()
        curl.url = curl.headers = None
        curl.answer = []
        curl.setopt(pycurl.WRITEFUNCTION, curl.answer.append)
        return curl

    def _collect(self) -> None:
        more = 1
        while more:
            more, done, failed = self._multi.info_read(200)
            for curl in done:
                status = curl.getinfo(pycurl.RESPONSE_CODE)
                if status == 200:
                    self._settle(curl, TAKEN)
                    continue
                later = curl.getinfo(pycurl.RETRY_AFTER) if status in (429, 503) else 0
                self._settle(curl, Reply(status, b"".join(curl.answer), later))
            for curl, error, _ in failed:
                sent = curl.getinfo(pycurl.SIZE_UPLOAD_T) > 0
                self._settle(curl, Reply(0, error=error, sent=sent))

    def _settle(self, curl: Any, reply: Reply) -> None:
        self._multi.remove_handle(curl)
        self._active.discard(curl)
        batch, index = curl.job
        curl.job = None
        curl.answer.clear()
        self._free.append(curl)
        batch.settle(index, reply)

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

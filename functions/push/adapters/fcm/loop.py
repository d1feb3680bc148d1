"""libcurl's multi interface: what has a place is handed to it, and what it is done with is answered."""

import time
from collections import deque
from io import BytesIO
from typing import Any

import pycurl

from push import logs
from push.adapters.fcm.batch import TAKEN, Batch, Reply
from push.adapters.fcm.sockets import Sockets
from push.adapters.fcm.waiting import Waiting

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

    def __init__(self, waiting: Waiting, abandoned: deque[Batch], wake: int, new_handle: Any, stopping: Any) -> None:
        self._waiting = waiting
        self._abandoned = abandoned
        self._stopping = stopping
        self._new_handle = new_handle
        self._free: list[Any] = []
        self._active: set[Any] = set()
        # Places became free, and nothing that happens on a socket will say so.
        self._freed = False
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, CONNECTIONS)
        self._multi.setopt(pycurl.M_MAX_CONCURRENT_STREAMS, STREAMS)
        self._sockets = Sockets(self._multi, wake)

    def run(self) -> None:
        passed = 0.0
        while not self._stopping():
            time.sleep(max(0.0, passed + _REST_S - time.monotonic()))
            passed = self._sockets.act(wait=not self._freed)
            self._collect()
            self._abandon()
            self._freed = False
            if self._fill():
                self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
                self._collect()

    def give_up(self) -> None:
        """Answers everybody: what was handed to libcurl may have been sent, what waits was not."""
        for curl in self._active:
            batch, index, _ = curl.job
            batch.settle(index, Reply(0, error=_OURS))
        for batch in self._waiting.batches():
            self._withdraw(batch)
        for curl in [*self._active, *self._free]:
            curl.close()
        self._multi.close()
        self._sockets.close()

    def _abandon(self) -> None:
        """Nobody waits for these any more, so they must not be sent from now on."""
        while self._abandoned:
            batch = self._abandoned.popleft()
            if not batch.open:
                continue  # answered meanwhile
            self._withdraw(batch)
            for curl in [each for each in self._active if each.job[0] is batch]:
                # What libcurl has read of the body may be on its way.
                sent = curl.job[2].tell() > 0
                self._settle(curl, Reply(0, error=pycurl.E_OPERATION_TIMEDOUT, sent=sent))

    def _withdraw(self, batch: Batch) -> None:
        for index in self._waiting.withdraw(batch):
            batch.settle(index, Reply(0, error=_OURS, sent=False))

    def _fill(self) -> bool:
        added = False
        for batch, index in self._waiting.grants():
            curl = self._free.pop() if self._free else self._make()
            try:
                self._add(curl, batch, index)
            except Exception as error:  # noqa: BLE001  one request that cannot be made must not end the others
                logs.event("request-not-made", "ERROR", error=error)
                self._free.append(curl)
                self._waiting.release(batch)
                batch.settle(index, Reply(0, error=_OURS, sent=False))
                continue
            added = True
        return added

    def _add(self, curl: Any, batch: Batch, index: int) -> None:
        body = BytesIO(batch.bodies[index])
        if curl.request != batch.request:
            curl.setopt(pycurl.URL, batch.request.url)
            curl.setopt(pycurl.HTTPHEADER, batch.request.headers)
            curl.request = batch.request
        # libcurl may repeat a request by itself when a connection it reuses breaks before any answer. With a body that
        # it reads and cannot rewind it cannot: a phone would ring twice.
        curl.setopt(pycurl.POSTFIELDSIZE, len(batch.bodies[index]))
        curl.setopt(pycurl.READFUNCTION, body.read)
        self._multi.add_handle(curl)
        curl.job = (batch, index, body)
        self._active.add(curl)

    def _make(self) -> Any:
        curl = self._new_handle()
        curl.request = None
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
        batch, index, _ = curl.job
        curl.job = None
        curl.answer.clear()
        self._free.append(curl)
        self._waiting.release(batch)
        self._freed = True
        batch.settle(index, reply)

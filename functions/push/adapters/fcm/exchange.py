"""Many HTTP/2 requests at once: libcurl in a thread of its own, beside the event loop.

Ten connections of a hundred streams carry a thousand requests in flight, which FCM's usual 350 ms asks for at a few
thousand messages a second.
"""

import asyncio
import os
import ssl
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pycurl

from push import logs
from push.adapters.fcm.batch import Batch, Reply, Request, Watch
from push.adapters.fcm.loop import IN_FLIGHT, Loop
from push.adapters.fcm.waiting import Waiting

# Eight pages of 500 wait for a thousand places: four rounds at the worst, and more where several projects share them.
_ROUNDS = 12
_GIVE_UP_S = 5.0


class Exchange:
    """`post` sends every body once; it never sends one again by itself, not even when a connection breaks."""

    def __init__(self, timeout_s: int, prior_knowledge: bool) -> None:
        self._timeout_s = timeout_s
        # Plain http (an emulator) has no ALPN to agree on HTTP/2.
        self._version = pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE if prior_knowledge else pycurl.CURL_HTTP_VERSION_2TLS
        self._open: set[Batch] = set()
        self._abandoned: deque[Batch] = deque()
        self._given_up = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False

    async def post(
        self,
        url: str,
        headers: list[str],
        bodies: Sequence[bytes],
        project: str = "",
        urgent: bool = False,
        watch: Watch | None = None,
    ) -> list[Reply]:
        """One reply a body, in order; `watch` sees each as it comes. The places of requests in flight are shared out
        by project and urgency."""
        if not bodies:
            return []
        batch = Batch(Request(url, headers), bodies, project, urgent, watch)
        with self._lock:
            if self._given_up:
                return [Reply(0, sent=False)] * len(bodies)
            if self._thread is None:
                self._start()
            self._open.add(batch)
            self._waiting.add(batch)
            os.write(self._wake_write, b"x")
        # Every transfer has its own timeout; this one only keeps a defect of ours from holding a shard for ever.
        try:
            await asyncio.wait_for(asyncio.shield(batch.future), _ROUNDS * self._timeout_s)
        except TimeoutError:
            self._abandon(batch)
            with suppress(TimeoutError):
                await asyncio.wait_for(batch.future, _GIVE_UP_S)
        except asyncio.CancelledError:
            self._abandon(batch)
            raise
        finally:
            self._open.discard(batch)
        return batch.answers()

    def give_up(self) -> None:
        """Answers everybody who waits by what is known; nothing is sent any more, from now on."""
        with self._lock:
            self._given_up = True
        self._abandon(*self._open)

    def _abandon(self, *batches: Batch) -> None:
        """What of them has not been sent is not sent any more."""
        with self._lock:
            if self._thread is not None:
                self._abandoned.extend(batches)
                os.write(self._wake_write, b"x")

    def close(self) -> None:
        """Ends the thread; what is in flight is given up."""
        with self._lock:
            thread = self._thread
            if thread is not None:
                self._stopping = True
                os.write(self._wake_write, b"x")
        if thread is not None:
            thread.join()
            self._stopping = False

    def _start(self) -> None:
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._waiting = Waiting(IN_FLIGHT)
        self._abandoned.clear()
        self._thread = threading.Thread(target=self._run, name="fcm-exchange", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        """Whatever ends the loop, nobody is left waiting, and the next `post` starts a new thread."""
        loop = Loop(self._waiting, self._abandoned, self._wake_read, self._new_handle, lambda: self._stopping)
        try:
            loop.run()
        except Exception as error:  # noqa: BLE001  said to everybody who waits, and logged
            logs.event("exchange-died", "ERROR", error=error)
        finally:
            with self._lock:
                loop.give_up()
                self._thread = None
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
        # libcurl finds the system's authorities, but knows nothing of SSL_CERT_FILE, which Python's own clients go by.
        authorities = ssl.get_default_verify_paths().cafile
        if authorities:
            curl.setopt(pycurl.CAINFO, authorities)
        return curl

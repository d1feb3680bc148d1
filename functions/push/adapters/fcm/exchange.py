"""Many HTTP/2 requests at once, by a thread of its own beside the event loop.

Ten connections of a hundred streams carry a thousand requests in flight, which FCM's usual 350 ms asks for at a few
thousand messages a second.
"""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from math import inf

from push import logs
from push.adapters.fcm.batch import UNREACHABLE, UNSENDABLE, Batch, Reply, Request, Watch
from push.adapters.fcm.http2.dialer import Endpoint
from push.adapters.fcm.http2.terms import STREAMS
from push.adapters.fcm.loop import CONNECTIONS, Loop
from push.adapters.fcm.waiting import Waiting

# Eight pages of 500 wait for a thousand places: four rounds at the worst, and more where several projects share them.
_ROUNDS = 12
_GIVE_UP_S = 5.0


class Exchange:
    """`post` sends every body once; it never sends one again by itself, not even when a connection breaks. Only what
    the other side says that it has not begun with goes again (RFC 9113, 8.7), a few times."""

    def __init__(self, to: Endpoint, timeout_s: int, connections: int = CONNECTIONS) -> None:
        self._to = to
        self._timeout_s = timeout_s
        self._connections = connections
        self._open: set[Batch] = set()
        self._abandoned: deque[Batch] = deque()
        self._given_up = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False

    async def post(
        self,
        request: Request,
        bodies: Sequence[bytes],
        project: str = "",
        urgent: bool = False,
        watch: Watch | None = None,
        until: float = inf,
    ) -> list[Reply]:
        """One reply a body, in order; `watch` sees each as it comes. The places of requests in flight are shared out
        by project and urgency. Who has found no way out by `until` (s since the epoch) is not sent."""
        if not bodies:
            return []
        if not request.can_be_made:
            logs.event("request-not-made", "ERROR", path=request.path)
            return [Reply(0, error=UNSENDABLE, sent=False)] * len(bodies)
        batch = Batch(request, bodies, project, urgent, watch, until)
        with self._lock:
            if self._given_up:
                return [Reply(0, sent=False)] * len(bodies)
            if self._thread is None:
                try:
                    self._start()
                except (OSError, RuntimeError) as error:  # the machine has no pipe or thread to give
                    logs.event("exchange-died", "ERROR", error=error)
                    return [Reply(0, error=UNREACHABLE, sent=False)] * len(bodies)
            self._open.add(batch)
            self._waiting.add(batch)
            self._wake()
        # Every message has its own timeout; this one only keeps a defect of ours from holding a shard for ever.
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
                self._wake()

    def close(self) -> None:
        """Ends the thread; what is in flight is given up."""
        with self._lock:
            thread = self._thread
            if thread is not None:
                self._stopping = True
                self._wake()
        if thread is not None:
            thread.join()
            self._stopping = False

    def _start(self) -> None:
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._waiting = Waiting(self._connections * STREAMS)
        self._abandoned.clear()
        thread = threading.Thread(target=self._run, name="fcm-exchange", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self._close_pipe()
            raise
        self._thread = thread

    def _run(self) -> None:
        """Whatever ends the loop, nobody is left waiting, and the next `post` starts a new thread."""
        loop, died = None, list[Exception]()
        try:
            woken, stopping = (self._wake_read, self._wake), lambda: self._stopping
            loop = Loop(self._to, self._timeout_s, self._connections, self._waiting, self._abandoned, *woken, stopping)
            loop.run()
        except Exception as error:  # noqa: BLE001  said to everybody who waits, and logged
            died.append(error)
        with self._lock:
            self._thread = None
            try:
                if loop is not None:
                    loop.give_up()
            except Exception as error:  # noqa: BLE001  likewise
                died.append(error)
            for batch in list(self._open):
                batch.lose()
            self._close_pipe()
        for each in died:
            logs.event("exchange-died", "ERROR", error=each)

    def _close_pipe(self) -> None:
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _wake(self) -> None:
        with suppress(BlockingIOError):  # it has been woken often enough
            os.write(self._wake_write, b"x")

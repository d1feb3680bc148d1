"""The sender's thread: what has a place goes out on a connection with room, and what comes back is answered."""

import math
import os
import selectors
import time
from collections import deque
from collections.abc import Callable

from push import logs
from push.adapters.fcm.batch import AGAIN, LOST, TIMED_OUT, TOO_LATE, UNREACHABLE, Batch, Place, Reply
from push.adapters.fcm.http2.connection import Answered, Connection
from push.adapters.fcm.http2.dialer import Dialer, Endpoint
from push.adapters.fcm.http2.terms import STREAMS
from push.adapters.fcm.http2.wire import Wire
from push.adapters.fcm.line import Line
from push.adapters.fcm.pending import Pending
from push.adapters.fcm.waiting import Waiting

CONNECTIONS = 10
# Between two passes. Messages and answers that go together share a system call and a TLS record or two; one that comes
# alone is not kept waiting.
_REST_S = 0.002
# After a connection could not be made, while there are others.
_DIAL_AGAIN_S = 1.0


class Loop:
    """The thread's own world: everything here runs on it alone."""

    def __init__(
        self,
        to: Endpoint,
        timeout_s: int,
        connections: int,
        waiting: Waiting,
        abandoned: deque[Batch],
        woken: int,
        wake: Callable[[], None],
        stopping: Callable[[], bool],
    ) -> None:
        self._to = to
        self._timeout_s = timeout_s
        self._connections = connections
        self._waiting = waiting
        self._abandoned = abandoned
        self._stopping = stopping
        self._woken = woken
        self._lines: list[Line] = []
        self._pending = Pending()
        self._dialer = Dialer(to, timeout_s, wake)
        self._dialing = 0
        # When one could not be made or was of no use, and none that is has been made since.
        self._failed_at: float | None = None
        self._dialed_at = 0.0
        # When the pass under way began; and whether a line got room at its end, too late for who waits.
        self._now = 0.0
        self._freed = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)

    def run(self) -> None:
        passed = 0.0
        while not self._stopping():
            time.sleep(max(0.0, passed + _REST_S - time.monotonic()))
            events = self._selector.select(self._patience())
            passed = now = self._now = time.monotonic()
            self._freed = False
            for key, mask in events:
                if key.fd == self._woken:
                    os.read(self._woken, 4096)
                    continue
                line: Line = key.data
                if mask & selectors.EVENT_READ:
                    new = not line.answered
                    self._settle(line.receive(now))
                    if new and line.answered:
                        self._failed_at = None
                if mask & selectors.EVENT_WRITE:
                    self._settle(line.flush(now))  # there may be room for others then
            self._connect(now)
            self._abandon()
            self._give_up_late(now)
            self._part(now)
            self._fill(now)
            self._flush(now)

    def give_up(self) -> None:
        """Answers everybody: what was written may have been sent, what waits was not."""
        self._dialer.close()
        for line in self._lines:
            self._settle(line.end(LOST))
            line.wire.close()
        self._not_sent(self._pending.take(), LOST)
        for batch in self._waiting.batches():
            self._withdraw(batch, TIMED_OUT)
        self._selector.close()

    def _settle(self, answered: Answered) -> None:
        release = self._waiting.release
        for place, reply in answered:
            batch, index = place
            if reply.error in AGAIN and batch.may_go_again(index, reply.error):
                self._pending.add(place, time.monotonic())
                continue
            release(batch)
            batch.settle(index, reply)

    def _connect(self, now: float) -> None:
        """Takes over connections that were made, and those that could not be."""
        while self._dialer.arrived:
            arrived = self._dialer.arrived.popleft()
            self._dialing -= 1
            if isinstance(arrived, Wire):
                line = Line(arrived, Connection(self._to.scheme, self._to.authority), now)
                self._lines.append(line)
                self._selector.register(arrived.fileno(), selectors.EVENT_READ, line)
                self._settle(line.receive(now))  # what came with the handshake
            else:
                self._failed(arrived, now)

    def _failed(self, error: OSError | str, now: float, was_used: bool = False) -> None:
        """Another try may do, but not at once; and where there is no connection, nobody is kept waiting for one."""
        if self._failed_at is None or now >= self._failed_at + _DIAL_AGAIN_S:
            if was_used:
                logs.event("fcm-connection-broken", "ERROR", error=error)
            else:
                logs.event("fcm-unreachable", "ERROR", error=error)
        self._failed_at = now
        if not self._lines and not self._dialing:
            self._not_sent(self._pending.take(), UNREACHABLE)

    def _abandon(self) -> None:
        """Nobody waits for these any more, so they must not be sent from now on."""
        while self._abandoned:
            batch = self._abandoned.popleft()
            if not batch.open:
                continue  # answered meanwhile
            self._withdraw(batch, TIMED_OUT)
            for line in self._lines:
                self._settle(line.abandon(batch))

    def _withdraw(self, batch: Batch, error: str) -> None:
        """What of it is on no line is not sent any more."""
        for index in self._waiting.withdraw(batch):
            batch.settle(index, Reply(0, error=error, sent=False))
        self._not_sent(self._pending.take(of=batch), error)

    def _give_up_late(self, now: float) -> None:
        for line in self._lines:
            self._settle(line.give_up_late(now, self._timeout_s))
        if self._pending:
            self._not_sent(self._pending.take(before=now - self._timeout_s), TIMED_OUT)

    def _not_sent(self, places: list[Place], error: str) -> None:
        self._settle([(place, Reply(0, error=error, sent=False)) for place in places])

    def _fill(self, now: float) -> None:
        while late := self._hand_out(now):
            # Others have their places then.
            self._withdraw(late, TOO_LATE)
        if self._pending:
            self._dial(now)

    def _hand_out(self, now: float) -> Batch | None:
        """Messages to lines that have room for them; or one for which it is too late."""
        for place in self._waiting.grants():
            self._pending.add(place, now)
        silent = [line for line in self._lines if line.silent(now)]
        late = self._begin([line for line in self._lines if line not in silent], now)
        if late is None and len(self._usable()) + self._dialing >= self._connections:
            late = self._begin(silent, now)
        return late

    def _begin(self, lines: list[Line], now: float) -> Batch | None:
        clock = time.time()
        for line in lines:
            for _ in range(min(line.room(now), len(self._pending))):
                place = self._pending.pop()
                if place[0].until < clock:
                    self._not_sent([place], TOO_LATE)
                    return place[0]
                line.begin(place)
        return None

    def _usable(self) -> list[Line]:
        return [line for line in self._lines if not line.retired]

    def _dial(self, now: float) -> None:
        """As many connections as those that have none would fill; after a failure one a second."""
        usable = self._usable()
        coming = self._dialing + sum(not line.agreed for line in usable)
        wanted = math.ceil(len(self._pending) / STREAMS) - coming
        if self._failed_at is not None:
            wanted = 1 if now >= self._dial_after() else 0
        for _ in range(min(wanted, self._connections - len(usable) - self._dialing)):
            self._dialed_at = now
            self._dialing += 1
            self._dialer.dial()

    def _dial_after(self) -> float:
        """One that hangs is not waited for."""
        return 0.0 if self._failed_at is None else max(self._failed_at, self._dialed_at) + _DIAL_AGAIN_S

    def _flush(self, now: float) -> None:
        for line in self._lines:
            blocked = line.wire.blocked
            self._settle(line.flush(now))
            self._freed |= blocked and not line.wire.blocked
            mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.wire.blocked else 0)
            if self._selector.get_key(line.wire.fileno()).events != mask:
                self._selector.modify(line.wire.fileno(), mask, line)

    def _part(self, now: float) -> None:
        """From connections that are of no use any more."""
        ended = [line for line in self._lines if line.ended]
        for line in ended:
            self._lines.remove(line)
            self._selector.unregister(line.wire.fileno())
            line.wire.close()
        for line in ended:
            if line.useless(now):
                self._failed(line.trouble or "a connection ended before anything was answered", now)
            elif line.trouble:
                self._failed(line.trouble, now, was_used=True)

    def _patience(self) -> float | None:
        """Seconds until somebody's time is over."""
        if self._freed or any(line.ended for line in self._lines):
            return 0
        now = time.monotonic()
        times = [line.patience(self._timeout_s) for line in self._lines]
        oldest = self._pending.oldest
        if oldest is not None:
            times.append(oldest + self._timeout_s)
            if self._now < self._dial_after():
                times.append(self._dial_after())
        until = min((each for each in times if each is not None), default=None)
        return None if until is None else max(0.0, until - now)

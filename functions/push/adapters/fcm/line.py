"""A connection on its wire, and since when its messages are under way."""

from collections import deque

from push.adapters.fcm.batch import LOST, TIMED_OUT, Batch, Place
from push.adapters.fcm.http2.connection import Answered, Connection
from push.adapters.fcm.http2.wire import Wire

# A connection that was not used for longer may be gone without a word: what is between us forgets it.
_STALE_S = 60.0
# A server that ends a connection so soon does not want it.
_YOUNG_S = 1.0
# Servers say at once what they allow.
_AGREE_S = 5.0
# FCM answers all but one in a thousand within 1.3 s.
_SILENT_S = 3.0


class Line:
    """Times are the loop's (`time.monotonic`)."""

    def __init__(self, wire: Wire, connection: Connection, now: float) -> None:
        self.wire = wire
        self._connection = connection
        # Streams up to this one began at that time, the oldest first.
        self._begun: deque[tuple[int, float]] = deque()
        self._marked = connection.last
        self._made = now
        self._heard = now
        self._used = now

    @property
    def ended(self) -> bool:
        """Nothing is under way on it, and nothing will be."""
        return self._connection.retired and not self._connection.streams

    @property
    def retired(self) -> bool:
        """Nothing may begin on it any more; what has begun may still be answered."""
        return self._connection.retired

    @property
    def agreed(self) -> bool:
        """Whether the other side has said what it allows; nothing begins before."""
        return self._connection.agreed

    @property
    def answered(self) -> bool:
        """Whether anything was answered on it, ever."""
        return self._connection.answered

    def useless(self, now: float) -> bool:
        """Whether it has ended without any good to anybody; not if nobody needed it."""
        connection = self._connection
        unneeded = connection.agreed and connection.last < 0 and now - self._made > _YOUNG_S
        return not connection.answered and not unneeded

    @property
    def trouble(self) -> str:
        """Why it has ended, if it is not just over."""
        if self._connection.broken:
            return f"FCM does not keep to HTTP/2: {self._connection.broken}"
        return self._connection.complaint and f"FCM ended it with error {self._connection.complaint}"

    def room(self, now: float) -> int:
        if not self._connection.streams and now - self._used > _STALE_S:
            self._connection.retired = True
        return 0 if self.wire.blocked else self._connection.room

    def silent(self, now: float) -> bool:
        """Whether it may have died without a word: others are to be preferred."""
        return bool(self._connection.streams) and now - max(self._heard, self._begun[0][1]) > _SILENT_S

    def begin(self, place: Place) -> None:
        batch, index = place
        self._connection.begin(place, batch.request, batch.bodies[index])

    def flush(self, now: float) -> Answered:
        """Writes what has been queued; whom it answers because the connection turns out to be lost."""
        connection = self._connection
        data = connection.outgoing()
        if data or self.wire.blocked:
            if connection.last > self._marked:
                self._marked, self._used = connection.last, now
                self._begun.append((connection.last, now))
            if not self.wire.send(data):
                return self._last_words(now)
        return []

    def receive(self, now: float) -> Answered:
        self._heard = now
        data, ended = self.wire.receive()
        answered = self._connection.receive(data) if data else []
        if self._connection.broken:
            self.wire.send(self._connection.outgoing())  # why
        return answered + self.end(LOST) if ended else answered

    def _last_words(self, now: float) -> Answered:
        """What was said before nothing could be written any more."""
        answered: Answered = []
        heard = -1
        while not self.ended and len(answered) > heard:
            heard = len(answered)
            answered += self.receive(now)
        return answered + self.end(LOST)

    def end(self, error: str) -> Answered:
        """The connection is no more."""
        return self._connection.lost(error)

    def patience(self, timeout_s: float) -> float | None:
        """When the oldest message under way has waited long enough, or the other side for its first word."""
        if not self._connection.agreed:
            return self._made + _AGREE_S
        streams = self._connection.streams
        if not streams:
            self._begun.clear()
            return None
        oldest = next(iter(streams))
        while self._begun[0][0] < oldest:
            self._begun.popleft()
        return self._begun[0][1] + timeout_s

    def give_up_late(self, now: float, timeout_s: float) -> Answered:
        """Answers whom nobody answered in time."""
        answered: Answered = []
        if not self._connection.agreed:
            return self.end(LOST) if now >= self._made + _AGREE_S else answered
        until = self.patience(timeout_s)
        while until is not None and until <= now:
            last, began = self._begun.popleft()
            # Not a word since, or nothing was read: there will be none, for anybody.
            if self._heard <= began or self.wire.blocked:
                self._connection.retired = True
            answered += self._cancel([stream for stream in self._connection.streams if stream <= last])
            until = self.patience(timeout_s)
        return answered

    def abandon(self, batch: Batch) -> Answered:
        """Answers those of a batch by what is known: nobody waits for them any more."""
        return self._cancel([stream for stream, place in self._connection.streams.items() if place[0] is batch])

    def _cancel(self, streams: list[int]) -> Answered:
        return [(self._connection.streams[each], self._connection.cancel(each, TIMED_OUT)) for each in streams]

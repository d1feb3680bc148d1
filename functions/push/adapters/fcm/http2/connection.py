"""One HTTP/2 connection without its socket (RFC 9113): messages go in and bytes come out, bytes go in and replies come
out.

A client for everything spends most of its time on what our requests have in common. They differ in their bodies alone,
so each costs two short heads in front of its body; and of an answer that begins with 200 nothing else is read.
"""

from push.adapters.fcm.batch import GARBLED, LEFT, REFUSED, RESET, TAKEN, Place, Reply, Request
from push.adapters.fcm.http2.answers import OK, TABLE_SIZE, Answers
from push.adapters.fcm.http2.frames import (
    ACK,
    END_HEADERS,
    END_STREAM,
    FRAME_SIZE,
    HEAD,
    HEAD_SIZE,
    LAST_STREAM,
    NUMBER,
    PREFACE,
    WINDOW,
    Code,
    Kind,
    ProtocolError,
    Setting,
    frame,
    number,
    settings,
    without_padding,
)
from push.adapters.fcm.http2.header_blocks import HeaderBlocks
from push.adapters.fcm.http2.request_heads import RequestHeads, content_length
from push.adapters.fcm.http2.sending import Sending
from push.adapters.fcm.http2.terms import Terms

_HEADERS, _DATA = int(Kind.HEADERS), int(Kind.DATA)

Answered = list[tuple[Place, Reply]]


class Connection:
    """Answers each message that `begin` was told of once: by `receive`, `lost`, or whoever calls `cancel`."""

    def __init__(self, scheme: str, authority: str) -> None:
        self.streams: dict[int, Place] = {}
        # No message may begin any more.
        self.retired = False
        # The other side does not keep to the protocol.
        self.broken: ProtocolError | None = None
        # It says that we do not, or that we ask too much.
        self.complaint = ""
        # It has answered a message, ever, even if nobody waited for it any more.
        self.answered = False
        self._next = 1
        # The last stream that was handed out to be written.
        self._handed = -1
        self._heads = RequestHeads(scheme, authority)
        self._sending = Sending()
        self._terms = Terms(self._heads, self._sending)
        self._answers = Answers()
        self._outgoing = [PREFACE, settings({Setting.HEADER_TABLE_SIZE: TABLE_SIZE, Setting.ENABLE_PUSH: 0})]
        # The beginning of a frame.
        self._rest = b""
        # Bytes of answers for which the other side has not been given new permission.
        self._received = 0
        self._blocks = HeaderBlocks()

    @property
    def agreed(self) -> bool:
        """The other side has said what it allows."""
        return self._terms.agreed

    @property
    def room(self) -> int:
        """How many messages may begin now: none before the other side has said what it allows, and none while it allows
        no more bytes of bodies."""
        if self.retired or not self._terms.agreed or self._sending.exhausted:
            return 0
        return max(0, min(self._terms.streams - len(self.streams), (LAST_STREAM - self._next) // 2 + 1))

    @property
    def last(self) -> int:
        """The stream that began last; -1 before the first."""
        return self._next - 2

    def begin(self, place: Place, request: Request, body: bytes) -> None:
        """There must be room."""
        stream = self._next
        self._next = stream + 2
        self.retired = self.retired or self._next > LAST_STREAM
        self.streams[stream] = place
        name, size = NUMBER.pack(stream), len(body)
        block, length = self._heads.block(request), content_length(size)
        self._outgoing += ((len(block) + len(length)).to_bytes(3, "big"), b"\x01\x04", name, block, length)
        if self._sending.may_pass(size):
            self._outgoing += (size.to_bytes(3, "big"), b"\x00\x01", name, body)
        else:
            self._outgoing += self._sending.queue(stream, body)

    def outgoing(self) -> bytes:
        """What is to be written now. From then on it may have been sent."""
        data = b"".join(self._outgoing)
        self._outgoing.clear()
        self._handed = self.last
        return data

    def cancel(self, stream: int, error: str) -> Reply:
        """What is known of a message for whose answer nobody waits any more. It counts as sent: what has begun is not
        taken back."""
        del self.streams[stream]
        self._sending.drop(stream)
        self._reset(stream)
        return self._answers.reply(stream, error)

    def lost(self, error: str) -> Answered:
        """The connection is no more."""
        answered = []
        for stream, place in self.streams.items():
            answered.append((place, self._answers.reply(stream, error, stream <= self._handed)))
        self.streams.clear()
        self.retired = True
        return answered

    def receive(self, data: bytes) -> Answered:
        """What was answered. If the other side does not keep to the protocol that ends all messages under way."""
        answered: Answered = []
        try:
            self._receive(self._rest + data if self._rest else data, answered)
        except ProtocolError as error:
            self.broken = error
            self._outgoing.append(frame(Kind.GOAWAY, 0, 0, NUMBER.pack(0) + NUMBER.pack(error.code)))
            answered += self.lost(GARBLED)
        return answered

    def _receive(self, data: bytes, answered: Answered) -> None:
        streams, taken = self.streams, self._answers.taken
        # Nothing but whole answers: neither a body of ours nor a header block of theirs is under way.
        plain = not self._blocks.stream and not self._sending.waits
        begin, end = 0, len(data)
        while end - begin >= HEAD_SIZE:
            high, low, kind, flags, stream = HEAD.unpack_from(data, begin)
            start = begin + HEAD_SIZE
            stop = start + (high << 16 | low)
            if stop - start > FRAME_SIZE:
                raise ProtocolError(Code.FRAME_SIZE_ERROR, f"a frame of {stop - start} bytes")
            if stop > end:
                break
            begin = stop
            if plain:
                if kind == _DATA and stream in taken:
                    self._received += stop - start
                    if flags & END_STREAM:
                        taken.discard(stream)
                        answered.append((streams.pop(stream), TAKEN))
                    continue
                if kind == _HEADERS and flags == END_HEADERS and data.startswith(OK, start, stop) and stream in streams:
                    taken.add(stream)
                    continue
            self._frame(kind, flags, stream & LAST_STREAM, data[start:stop], answered)
            plain = not self._blocks.stream and not self._sending.waits
        self._rest = data[begin:]
        self.answered = self.answered or any(reply.status for _, reply in answered)
        if self._received > WINDOW // 2:
            self._outgoing.append(frame(Kind.WINDOW_UPDATE, 0, 0, NUMBER.pack(self._received)))
            self._received = 0

    def _frame(self, kind: int, flags: int, stream: int, payload: bytes, answered: Answered) -> None:
        self._blocks.check(kind, stream)
        if not self._terms.agreed and kind != Kind.SETTINGS:
            raise ProtocolError(Code.PROTOCOL_ERROR, "no settings to begin with")
        match kind:
            case Kind.DATA:
                self._data(flags, self._begun(stream), payload, answered)
            case Kind.HEADERS | Kind.CONTINUATION:
                block = self._blocks.add(kind, flags, self._begun(stream), payload)
                self.answered = self.answered or block is not None
                if block and stream in self.streams:
                    self._answers.head(stream, block[0])
                    if block[1]:
                        self._complete(stream, answered)
            case Kind.RST_STREAM:
                code = number(payload)
                if self._begun(stream) in self.streams:
                    refused = code == Code.REFUSED_STREAM
                    self._finish(stream, REFUSED if refused else RESET, answered, sent=not refused)
            case Kind.SETTINGS:
                self._outgoing += self._terms.take(flags, stream, payload)
            case Kind.PING:
                if len(payload) != 8:
                    raise ProtocolError(Code.FRAME_SIZE_ERROR, "a ping")
                if not flags & ACK:
                    self._outgoing.append(frame(Kind.PING, ACK, 0, payload))
            case Kind.GOAWAY:
                self._go_away(payload, answered)
            case Kind.WINDOW_UPDATE:
                more = number(payload) & LAST_STREAM
                if not more:
                    raise ProtocolError(Code.PROTOCOL_ERROR, "a window that grows by nothing")
                self._outgoing += self._sending.allow(self._begun(stream) if stream else 0, more)
            case Kind.PUSH_PROMISE:
                raise ProtocolError(Code.PROTOCOL_ERROR, "a push that was not allowed")

    def _data(self, flags: int, stream: int, payload: bytes, answered: Answered) -> None:
        self._received += len(payload)
        if stream not in self.streams:
            return  # cancelled
        whole = self._answers.body(stream, without_padding(flags, payload))
        if flags & END_STREAM:
            self._complete(stream, answered)
        elif not whole:
            self._finish(stream, GARBLED, answered)
            self._reset(stream)

    def _complete(self, stream: int, answered: Answered) -> None:
        """The answer is; perhaps before the message was."""
        if self._finish(stream, GARBLED, answered):
            self._reset(stream)

    def _finish(self, stream: int, error: str, answered: Answered, sent: bool = True) -> bool:
        """Whether some of the message was still to be sent."""
        answered.append((self.streams.pop(stream), self._answers.reply(stream, error, sent)))
        return self._sending.drop(stream)

    def _reset(self, stream: int) -> None:
        self._outgoing.append(frame(Kind.RST_STREAM, 0, stream, NUMBER.pack(Code.CANCEL)))

    def _go_away(self, payload: bytes, answered: Answered) -> None:
        """What the other side had not begun by then it never will, so that may be sent again (RFC 9113, 6.8)."""
        if len(payload) < 8:
            raise ProtocolError(Code.FRAME_SIZE_ERROR, "a goaway")
        self.retired = True
        last, code = number(payload[:4]) & LAST_STREAM, number(payload[4:8])
        if code != Code.NO_ERROR:
            self.complaint = f"{code}: {payload[8:200].decode(errors='replace')}"
        for stream in [each for each in self.streams if each > last]:
            self._finish(stream, LEFT, answered, sent=False)

    def _begun(self, stream: int) -> int:
        """The stream of a frame that must be one of ours."""
        if stream > self.last or stream % 2 == 0:
            raise ProtocolError(Code.PROTOCOL_ERROR, f"stream {stream} was never begun")
        return stream

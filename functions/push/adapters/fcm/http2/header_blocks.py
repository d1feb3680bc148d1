"""Header blocks, which may come in several frames with nothing in between (RFC 9113, 4.3)."""

from push.adapters.fcm.http2.frames import (
    END_HEADERS,
    END_STREAM,
    Code,
    Kind,
    ProtocolError,
    without_padding,
    without_priority,
)

_LONGEST = 65_536


class HeaderBlocks:
    """`stream` is the one of which a block is under way, 0 if none is."""

    def __init__(self) -> None:
        self.stream = 0
        self._ends = False
        self._begun = b""

    def check(self, kind: int, stream: int) -> None:
        """Whether such a frame may come now."""
        if self.stream and (kind, stream) != (Kind.CONTINUATION, self.stream):
            raise ProtocolError(Code.PROTOCOL_ERROR, "a header block was interrupted")
        if kind == Kind.CONTINUATION and not self.stream:
            raise ProtocolError(Code.PROTOCOL_ERROR, "nothing to continue")

    def add(self, kind: int, flags: int, stream: int, payload: bytes) -> tuple[bytes, bool] | None:
        """A whole block, and whether the stream ends with it; None as long as there is more to come."""
        if kind == Kind.HEADERS:
            self._ends = bool(flags & END_STREAM)
            self._begun = b""
            payload = without_priority(flags, without_padding(flags, payload))
        self._begun += payload
        if len(self._begun) > _LONGEST:
            raise ProtocolError(Code.PROTOCOL_ERROR, "a header block without end")
        if not flags & END_HEADERS:
            self.stream = stream
            return None
        self.stream = 0
        return self._begun, self._ends

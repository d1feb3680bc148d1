"""What the other side allows on a connection (RFC 9113, 6.5)."""

from push.adapters.fcm.http2.frames import ACK, Code, Kind, ProtocolError, Setting, each_setting, frame
from push.adapters.fcm.http2.request_heads import RequestHeads
from push.adapters.fcm.http2.sending import Sending

# At once on one connection, unless it allows fewer. It is what Google's front end allows.
STREAMS = 100


class Terms:
    """`agreed` once it has said anything: nothing begins before."""

    def __init__(self, heads: RequestHeads, sending: Sending) -> None:
        self.agreed = False
        self.streams = STREAMS
        self._heads = heads
        self._sending = sending

    def take(self, flags: int, stream: int, payload: bytes) -> list[bytes]:
        """Settings of the other side's. Frames that are to be sent: that they are heeded, and what they let go."""
        if stream or len(payload) % 6 or (flags & ACK and payload):
            raise ProtocolError(Code.PROTOCOL_ERROR, "settings")
        if flags & ACK:
            return []
        self.agreed = True
        # First: until then the other side may go by what it allowed before (RFC 9113, 6.5.3).
        frames = [frame(Kind.SETTINGS, ACK, 0)]
        for setting, value in each_setting(payload):
            match setting:
                case Setting.HEADER_TABLE_SIZE:
                    self._heads.resize(value)
                case Setting.MAX_CONCURRENT_STREAMS:
                    self.streams = min(STREAMS, value)
                case Setting.INITIAL_WINDOW_SIZE:
                    frames += self._sending.resize(value)
                case Setting.MAX_FRAME_SIZE:
                    self._sending.resize_frames(value)
        return frames

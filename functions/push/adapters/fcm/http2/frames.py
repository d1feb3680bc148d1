"""HTTP/2's frames as bytes, and the few numbers of RFC 9113 that we need."""

from collections.abc import Iterator
from enum import IntEnum
from struct import Struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# What neither side may exceed until the other allows more (RFC 9113, 6.5.2 and 6.9.2).
FRAME_SIZE = 16_384
WINDOW = 65_535
LAST_STREAM = 2**31 - 1
# Length (in two parts), type, flags, stream.
HEAD = Struct(">BHBBL")
HEAD_SIZE = HEAD.size
SETTING = Struct(">HL")
NUMBER = Struct(">L")


class Kind(IntEnum):
    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


class Setting(IntEnum):
    HEADER_TABLE_SIZE = 1
    ENABLE_PUSH = 2
    MAX_CONCURRENT_STREAMS = 3
    INITIAL_WINDOW_SIZE = 4
    MAX_FRAME_SIZE = 5


class Code(IntEnum):
    """Why a stream or a connection ends."""

    NO_ERROR = 0
    PROTOCOL_ERROR = 1
    FLOW_CONTROL_ERROR = 3
    FRAME_SIZE_ERROR = 6
    REFUSED_STREAM = 7
    CANCEL = 8
    COMPRESSION_ERROR = 9


END_STREAM = 0x1
ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
PRIORITY = 0x20


class ProtocolError(Exception):
    """The other side does not keep to HTTP/2; the connection is of no use any more."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def frame(kind: Kind, flags: int, stream: int, payload: bytes = b"") -> bytes:
    size = len(payload)
    return HEAD.pack(size >> 16, size & 0xFFFF, kind, flags, stream) + payload


def settings(values: dict[Setting, int]) -> bytes:
    return frame(Kind.SETTINGS, 0, 0, b"".join(SETTING.pack(*each) for each in values.items()))


def each_setting(payload: bytes) -> Iterator[tuple[int, int]]:
    return SETTING.iter_unpack(payload)


def number(payload: bytes) -> int:
    """Of a frame that holds but one."""
    if len(payload) != NUMBER.size:
        raise ProtocolError(Code.FRAME_SIZE_ERROR, f"{len(payload)} bytes for a number")
    value: int = NUMBER.unpack(payload)[0]
    return value


def without_padding(flags: int, payload: bytes) -> bytes:
    if not flags & PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise ProtocolError(Code.PROTOCOL_ERROR, "more padding than payload")
    return payload[1 : len(payload) - payload[0]]


def without_priority(flags: int, payload: bytes) -> bytes:
    if not flags & PRIORITY:
        return payload
    if len(payload) < 5:
        raise ProtocolError(Code.FRAME_SIZE_ERROR, "a priority")
    return payload[5:]

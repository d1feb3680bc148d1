"""The header blocks of one connection's requests: what the messages of a batch share is compressed once."""

import logging
from functools import lru_cache

from hpack import Encoder

from push.adapters.fcm.batch import Request

USER_AGENT = "halo-push"
# `content-length`, a name of the static table (RFC 7541, appendix A), with a value that nobody is to remember.
_CONTENT_LENGTH = b"\x0f\x0d"
_LARGEST_TABLE = 4_096
# It would log every header, the access token included, if somebody asked for all that libraries have to say.
logging.getLogger("hpack").setLevel(logging.INFO)


class RequestHeads:
    def __init__(self, scheme: str, authority: str) -> None:
        self._encoder = Encoder()
        self._first = [(":method", "POST"), (":scheme", scheme), (":authority", authority)]
        self._blocks: dict[Request, bytes] = {}
        # What the other side has said since the last block about how much it remembers: the least, and the last.
        self._resized: tuple[int, int] | None = None

    def block(self, request: Request) -> bytes:
        """All but `content-length`. From the second time on it refers to what the other side remembers."""
        if self._resized is not None:
            self._resize(*self._resized)
        known = self._blocks.get(request)
        if known is not None:
            return known
        remembered = list(self._encoder.header_table.dynamic_entries)
        fields = [*self._first, (":path", request.path), ("user-agent", USER_AGENT), *request.headers]
        block = self._encoder.encode(fields)
        if list(self._encoder.header_table.dynamic_entries) == remembered:
            self._blocks[request] = block
        else:
            # What is remembered has moved by some places, and so have all references to it.
            self._blocks.clear()
        return block

    def resize(self, size: int) -> None:
        """The other side remembers no more than `size` bytes from now on."""
        size = min(size, _LARGEST_TABLE)
        least, _ = self._resized or (size, size)
        self._resized = min(least, size), size

    def _resize(self, *sizes: int) -> None:
        """The next block begins with what has changed: of many changes the least and the last (RFC 7541, 4.2)."""
        for size in sizes:
            if size != self._encoder.header_table_size:
                self._encoder.header_table_size = size
        self._blocks.clear()
        self._resized = None


@lru_cache(maxsize=8_192)
def content_length(size: int) -> bytes:
    """The end of a request's header block."""
    digits = b"%d" % size
    return _CONTENT_LENGTH + bytes([len(digits)]) + digits

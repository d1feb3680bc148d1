"""What came of one connection's answers, until they are complete."""

from email.utils import parsedate_to_datetime
from time import time

from hpack import Decoder, HPACKError

from push.adapters.fcm.batch import TAKEN, Reply
from push.adapters.fcm.http2.frames import Code, ProtocolError

# `:status: 200` as servers write it: the eighth entry of the static table (RFC 7541, appendix A).
OK = b"\x88"
# What the other side may have us remember of its headers: nothing. So each block can be read, or not, by itself.
TABLE_SIZE = 0
# An error of FCM's has less than 2 KiB; whoever else says more is not listened to any longer.
_LONGEST_BODY = 32_768


class Answer:
    """`status` is 0 until it is known."""

    def __init__(self) -> None:
        self.status = 0
        self.retry_after = 0
        self.body = b""


class Answers:
    def __init__(self) -> None:
        # Streams whose answer began with 200: nothing else of it is of interest.
        self.taken: set[int] = set()
        self._others: dict[int, Answer] = {}
        self._decoder = Decoder()
        self._decoder.header_table_size = TABLE_SIZE
        self._decoder.max_allowed_table_size = TABLE_SIZE

    def head(self, stream: int, block: bytes) -> None:
        """Headers of an answer, or what comes before them (1xx) and after (trailers), which says nothing."""
        try:
            fields = dict(self._decoder.decode(block, raw=True))
        except HPACKError as error:
            raise ProtocolError(Code.COMPRESSION_ERROR, f"a header block: {error}") from error
        status = fields.get(b":status", b"")
        if not status.isdigit() or len(status) != 3 or status < b"200":
            return
        if status == b"200":
            self.taken.add(stream)
            self._others.pop(stream, None)
            return
        answer = self._others.setdefault(stream, Answer())
        answer.status = int(status)
        answer.retry_after = _seconds(fields.get(b"retry-after", b""))

    def body(self, stream: int, data: bytes) -> bool:
        """Whether it is worth waiting for the rest."""
        answer = self._others.get(stream)
        if answer is None:
            return True
        answer.body += data
        return len(answer.body) <= _LONGEST_BODY

    def reply(self, stream: int, error: str, sent: bool = True) -> Reply:
        """What the stream ends with. Once there is a status it counts, whatever became of the rest; else `error`."""
        if stream in self.taken:
            self.taken.discard(stream)
            return TAKEN
        answer = self._others.pop(stream, None)
        if answer is None or not answer.status:
            return Reply(0, error=error, sent=sent)
        return Reply(answer.status, answer.body, answer.retry_after)


def _seconds(retry_after: bytes) -> int:
    """Seconds or a date (RFC 9110, 10.2.3); what is neither says nothing."""
    if retry_after.isdigit():
        return int(retry_after[:9])
    try:
        return max(0, round(parsedate_to_datetime(retry_after.decode()).timestamp() - time()))
    except (ValueError, OverflowError):
        return 0

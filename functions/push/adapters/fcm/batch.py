"""A batch of requests on its way, and what came back for each."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """What came back: an HTTP status with its body, or 0 and why there is none.

    `sent` is whether any of the request may have reached the other side. `retry_after` in seconds, 0 if not said.
    """

    status: int
    body: bytes = b""
    retry_after: int = 0
    error: str = ""
    sent: bool = True


# Why there is no answer.
TIMED_OUT = "TIMED_OUT"
LOST = "CONNECTION_LOST"
REFUSED = "REFUSED"
LEFT = "GOAWAY"
RESET = "STREAM_RESET"
GARBLED = "PROTOCOL_ERROR"
UNREACHABLE = "UNREACHABLE"
UNSENDABLE = "UNSENDABLE"
TOO_LATE = "TOO_LATE"
# How often a message goes again by why the other side has not begun with it (RFC 9113, 8.7). A server that is renewed
# says goodbye on one connection after the other; one that refuses has enough to do.
AGAIN = {REFUSED: 1, LEFT: 9}
# Of a request's path and headers together, in one frame with the other few. An access token has less than 2 KiB.
_LONGEST_HEAD = 8_192

Watch = Callable[[int, Reply], None]
# FCM took it. What else it says, the message's name, nobody asks for.
TAKEN = Reply(200)


class Request(NamedTuple):
    """What all messages of a batch share: the path, and headers whose names are in lower case."""

    path: str
    headers: tuple[tuple[str, str], ...]

    @property
    def can_be_made(self) -> bool:
        """Nothing but printable ASCII, and not too much of it: one request that is malformed may end a connection with
        all others on it."""
        texts = [self.path, *(text for header in self.headers for text in header)]
        return sum(map(len, texts)) <= _LONGEST_HEAD and all(each.isascii() and each.isprintable() for each in texts)


class Batch:
    """`begun` counts the messages that have had a place; `open` those without an answer. `watch` is called on the event
    loop with each reply as it comes. None is given to a connection after `until` (s since the epoch)."""

    def __init__(
        self,
        request: Request,
        bodies: Sequence[bytes],
        project: str,
        urgent: bool,
        watch: Watch | None = None,
        until: float = inf,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.request = request
        self.bodies = bodies
        self.project = project
        self.urgent = urgent
        self.watch = watch
        self.until = until
        self.replies: list[Reply | None] = [None] * len(bodies)
        self.begun = 0
        self.open = len(bodies)
        self._again: Counter[int] = Counter()
        self.future: asyncio.Future[None] = self.loop.create_future()

    def may_go_again(self, index: int, error: str) -> bool:
        """Whether a message may with which the other side has not begun, as it says."""
        self._again[index] += 1
        return self._again[index] <= AGAIN[error]

    def settle(self, index: int, reply: Reply) -> None:
        self.replies[index] = reply
        self.open -= 1
        if self.watch is not None:
            self._tell(self.watch, index, reply)
        if self.open == 0:
            self._tell(self._finish)

    def lose(self) -> None:
        """Answers what nobody has answered: it may have been sent."""
        for index, reply in enumerate(self.replies):
            if reply is None:
                self.settle(index, Reply(0, error=LOST))

    def _tell(self, call: Callable[..., None], *args: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self.loop.call_soon_threadsafe(call, *args)

    def _finish(self) -> None:
        if not self.future.done():
            self.future.set_result(None)

    def answers(self) -> list[Reply]:
        """What has not been answered by now may have been sent."""
        return [reply or Reply(0, error=TIMED_OUT) for reply in self.replies]


# One message of a batch, by its index: what holds a place for a request in flight.
Place = tuple[Batch, int]

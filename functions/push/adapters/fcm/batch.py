"""A batch of requests on its way, and what came back for each."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import pycurl


class Reply(NamedTuple):
    """What came back: an HTTP status with its body, or 0 and libcurl's error number.

    `sent` is whether any of the request may have reached the other side. `retry_after` in seconds, 0 if not said.
    """

    status: int
    body: bytes = b""
    retry_after: int = 0
    error: int = 0
    sent: bool = True


Watch = Callable[[int, Reply], None]
# FCM took it. What else it says, the message's name, nobody asks for.
TAKEN = Reply(200)


class Request(NamedTuple):
    """What all messages of a batch share."""

    url: str
    headers: list[str]


class Batch:
    """`begun` counts the messages that have had a place; `open` those without an answer. `watch` is called on the event
    loop with each reply as it comes."""

    def __init__(
        self, request: Request, bodies: Sequence[bytes], project: str, urgent: bool, watch: Watch | None = None
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.request = request
        self.bodies = bodies
        self.project = project
        self.urgent = urgent
        self.watch = watch
        self.replies: list[Reply | None] = [None] * len(bodies)
        self.begun = 0
        self.open = len(bodies)
        self.future: asyncio.Future[None] = self.loop.create_future()

    def settle(self, index: int, reply: Reply) -> None:
        self.replies[index] = reply
        self.open -= 1
        if self.watch is not None:
            self._tell(self.watch, index, reply)
        if self.open == 0:
            self._tell(self._finish)

    def _tell(self, call: Callable[..., None], *args: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self.loop.call_soon_threadsafe(call, *args)

    def _finish(self) -> None:
        if not self.future.done():
            self.future.set_result(None)

    def answers(self) -> list[Reply]:
        """What has not been answered by now may have been sent."""
        return [reply or Reply(0, error=pycurl.E_OPERATION_TIMEDOUT) for reply in self.replies]

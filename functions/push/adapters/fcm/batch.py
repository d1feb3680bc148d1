"""A batch of requests on its way, and what came back for each."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

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


# FCM took it. What else it says, the message's name, nobody asks for.
TAKEN = Reply(200)


class Batch:
    def __init__(self, loop: asyncio.AbstractEventLoop, url: str, headers: list[str], bodies: Sequence[bytes]) -> None:
        self.loop = loop
        self.url = url
        self.headers = headers
        self.bodies = bodies
        self.replies: list[Reply | None] = [None] * len(bodies)
        self.open = len(bodies)
        self.future: asyncio.Future[None] = loop.create_future()

    def settle(self, index: int, reply: Reply) -> None:
        self.replies[index] = reply
        self.open -= 1
        if self.open == 0:
            with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
                self.loop.call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        if not self.future.done():
            self.future.set_result(None)

    def answers(self) -> list[Reply]:
        """What has not been answered by now may have been sent."""
        return [reply or Reply(0, error=pycurl.E_OPERATION_TIMEDOUT) for reply in self.replies]

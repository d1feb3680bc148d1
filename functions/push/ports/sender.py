from collections.abc import Callable, Sequence
from math import inf
from typing import Protocol

from push.domain.outcome import Outcome
from push.domain.page import Entry
from push.domain.rendering import SnsMessage

# Is told a message's place among those sent, and its outcome.
Watch = Callable[[int, Outcome], None]


class Sender(Protocol):
    async def send(
        self,
        project: str,
        messages: Sequence[bytes],
        urgent: bool = False,
        watch: Watch | None = None,
        until: float = inf,
    ) -> list[Outcome]:
        """Sends each message once and answers its outcome, in order. Never raises for what FCM answers, and never
        repeats a message by itself: RETRY is said only of what FCM surely did not take.

        `urgent` messages do not wait behind others. No project waits until another's messages are answered.
        None is given to a connection after `until` (ms since the epoch), however long it had to wait: that is a RETRY.
        `watch` sees outcomes on the event loop as they come, each once at most; what it was not told is answered."""

    def give_up(self) -> None:
        """The process has to end: whoever waits for outcomes has them at once. RETRY is what has not been handed over,
        and what is asked for from now on; UNKNOWN what may be on its way. Called on the event loop."""


class Relay(Protocol):
    """The second provider, for platforms that FCM does not reach."""

    async def send(
        self, app: int, application: str, message: SnsMessage, entries: Sequence[Entry], until: float = inf
    ) -> list[Outcome]:
        """Sends one message to each target once, through a platform application, and answers the outcomes in order. No
        call begins after `until` (ms since the epoch).

        Never raises, and takes a bounded time: what it had no time for is RETRY, as is only what surely was not sent.
        Endpoints are made and repaired on the way, and kept with their targets."""

    def give_up(self) -> None:
        """As a sender's."""

    async def forget(self, endpoint: str) -> None:
        """The provider knows the target no more; whether it did does not matter. Raises Unavailable."""

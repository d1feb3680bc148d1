from collections.abc import Sequence
from typing import Protocol

from push.domain.outcome import Outcome
from push.domain.page import Entry
from push.domain.rendering import SnsMessage


class Sender(Protocol):
    async def send(self, project: str, messages: Sequence[bytes], urgent: bool = False) -> list[Outcome]:
        """Sends each message once and answers its outcome, in order. Never raises for what FCM answers, and never
        repeats a message by itself: RETRY is said only of what FCM surely did not take.

        `urgent` messages do not wait behind others. No project waits until another's messages are answered."""


class Relay(Protocol):
    """The second provider, for platforms that FCM does not reach."""

    async def send(self, app: int, application: str, message: SnsMessage, entries: Sequence[Entry]) -> list[Outcome]:
        """Sends one message to each target once, through a platform application, and answers the outcomes in order.

        Never raises, and takes a bounded time: what it had no time for is RETRY, as is only what surely was not sent.
        Endpoints are made and repaired on the way, and kept with their targets."""

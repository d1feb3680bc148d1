from collections.abc import Sequence
from typing import Protocol

from push.domain.outcome import Outcome


class Sender(Protocol):
    async def send(self, project: str, messages: Sequence[bytes], urgent: bool = False) -> list[Outcome]:
        """Sends each message once and answers its outcome, in order. Never raises for what FCM answers, and never
        repeats a message by itself: RETRY is said only of what FCM surely did not take.

        `urgent` messages do not wait behind others. No project waits until another's messages are answered."""

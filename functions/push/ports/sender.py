from collections.abc import Callable, Sequence
from typing import Protocol

from push.domain.outcome import Outcome

# Is told a message's place among those sent, and its outcome.
Watch = Callable[[int, Outcome], None]


class Sender(Protocol):
    async def send(
        self, project: str, messages: Sequence[bytes], urgent: bool = False, watch: Watch | None = None
    ) -> list[Outcome]:
        """Sends each message once and answers its outcome, in order. Never raises for what FCM answers, and never
        repeats a message by itself: RETRY is said only of what FCM surely did not take.

        `urgent` messages do not wait behind others. No project waits until another's messages are answered.
        `watch` sees outcomes on the event loop as they come, each once at most; what it was not told is answered."""

    def give_up(self) -> None:
        """The process has to end: whoever waits for outcomes has them at once. RETRY is what has not been handed over,
        and what is asked for from now on; UNKNOWN what may be on its way. Called on the event loop."""

"""A sender that accepts everything, or answers as told; it keeps what it was given."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from push.domain.outcome import ACCEPTED, FIRST_BACKOFF_S, Kind, Outcome
from push.ports import Watch


class FakeSender:
    """`answer` decides by the target's value; `before` runs before a page is sent, `slow` before
    its last answer is in. `project` is the last one's."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.urgent: set[bool] = set()
        self.project = ""
        self.answer: Callable[[str], Outcome] = lambda _: ACCEPTED
        self.before: Callable[[], Awaitable[None]] | None = None
        self.given_up = False
        self.slow: Callable[[], Awaitable[None]] | None = None

    async def send(
        self, project: str, messages: Sequence[bytes], urgent: bool = False, watch: Watch | None = None
    ) -> list[Outcome]:
        if self.before is not None:
            await self.before()
        if self.given_up:
            return [Outcome(Kind.RETRY, "CONNECTION", FIRST_BACKOFF_S)] * len(messages)
        self.urgent.add(urgent)
        self.project = project
        outcomes = []
        for index, body in enumerate(messages):
            message = json.loads(body)["message"]
            self.sent.append(message)
            outcomes.append(self.answer(message.get("token") or message["fid"]))
            if watch is not None:
                watch(index, outcomes[-1])
        if self.slow is not None:
            await self.slow()
        return outcomes

    def give_up(self) -> None:
        self.given_up = True

    @property
    def targets(self) -> list[str]:
        return [message.get("token") or message["fid"] for message in self.sent]

"""Senders that accept everything, or answer as told; they keep what they were given."""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from math import inf
from typing import Any

from push.domain.outcome import ACCEPTED, FIRST_BACKOFF_S, Kind, Outcome
from push.domain.page import Entry
from push.domain.rendering import SnsMessage
from push.ports import Watch


class FakeSender:
    """`answer` decides by the target's value; `before` runs before a page is sent, `slow` before
    its last answer is in. `project` is the last one's."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.urgent: set[bool] = set()
        self.project = ""
        self.now: Callable[[], float] = lambda: 1_000 * time.time()
        self.answer: Callable[[str], Outcome] = lambda _: ACCEPTED
        self.before: Callable[[], Awaitable[None]] | None = None
        self.given_up = False
        self.slow: Callable[[], Awaitable[None]] | None = None

    async def send(
        self,
        project: str,
        messages: Sequence[bytes],
        urgent: bool = False,
        watch: Watch | None = None,
        until: float = inf,
    ) -> list[Outcome]:
        if self.before is not None:
            await self.before()
        if self.given_up or self.now() > until:
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


def once(answer: Outcome) -> Callable[[str], Outcome]:
    """Answers that to everybody's first message, and accepts the second."""
    seen: set[str] = set()

    def decide(token: str) -> Outcome:
        first = token not in seen
        seen.add(token)
        return answer if first else ACCEPTED

    return decide


class FakeRelay:
    """`answer` decides by the target's value; `before` runs before anything is sent."""

    def __init__(self) -> None:
        self.before: Callable[[], Awaitable[None]] | None = None
        self.sent: list[tuple[str, str, SnsMessage]] = []
        self.forgotten: list[str] = []
        self.answer: Callable[[str], Outcome] = lambda _: ACCEPTED

    async def send(
        self, app: int, application: str, message: SnsMessage, entries: Sequence[Entry], until: float = inf
    ) -> list[Outcome]:
        if self.before is not None:
            await self.before()
        values = [entry.target.value for entry in entries if entry.target]
        self.sent += [(application, value, message) for value in values]
        return [self.answer(value) for value in values]

    def give_up(self) -> None:
        self.answer = lambda _: Outcome(Kind.RETRY, "CONNECTION", FIRST_BACKOFF_S)

    async def forget(self, endpoint: str) -> None:
        self.forgotten.append(endpoint)

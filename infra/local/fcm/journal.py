"""Every message that somebody tried to send, and what was answered: what was accepted is only a part of it."""

import json
import time
from collections import deque
from typing import NamedTuple

MOST = 1_000_000


class Attempt(NamedTuple):
    """`came` and `left` are ms since the epoch; `answer` is "accepted", an error's status, or how it was cut. `client`
    is the other end of its connection, "host:port"."""

    came: int
    left: int
    target: str
    schedule_id: str
    answer: str
    client: str


class Journal:
    def __init__(self) -> None:
        self._attempts: deque[Attempt] = deque(maxlen=MOST)

    def add(self, came: int, target: str, schedule_id: str, answer: str, client: str) -> None:
        self._attempts.append(Attempt(came, now_ms(), target, schedule_id, answer, client))

    def find(self, schedule_id: str | None) -> list[Attempt]:
        return [each for each in self._attempts if schedule_id in (None, each.schedule_id)]

    def as_json(self, schedule_id: str | None) -> str:
        return json.dumps([each._asdict() for each in self.find(schedule_id)])


def now_ms() -> int:
    return time.time_ns() // 1_000_000

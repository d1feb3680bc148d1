from enum import StrEnum
from typing import NamedTuple, Protocol


class Queue(StrEnum):
    SEND = "send"
    DELIVER = "deliver"
    URGENT = "urgent"
    WORK = "work"


class Depth(NamedTuple):
    """`tasks` are those that wait, run, or are tried again. `first_at`: when the first of them is, or was, due; None
    where that is not known, as when there is none."""

    tasks: int
    first_at: int | None


class Queues(Protocol):
    """What waits in the queues of `Tasks`; numbers are the service's own estimates."""

    async def depth(self, queue: Queue) -> Depth: ...

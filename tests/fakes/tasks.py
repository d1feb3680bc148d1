"""Cloud Tasks, as a record of what it was asked for."""

from typing import NamedTuple

from push.domain.errors import Unavailable


class Created(NamedTuple):
    queue: str
    document: str
    epoch: int
    at: int | None


class FakeTasks:
    """The same document and epoch twice is one task. `broken` makes every call fail, as when the service is down."""

    def __init__(self) -> None:
        self.created: list[Created] = []
        self._names: set[tuple[str, str, int]] = set()
        self.broken = False

    async def send(self, run: str, epoch: int, at: int | None) -> None:
        self._add(Created("send", run, epoch, at))

    async def deliver(
        self, run: str, shard: str, epoch: int, at: int | None, urgent: bool = False, again: int = 0
    ) -> None:
        self._add(Created("urgent" if urgent else "deliver", f"{run}/{shard}", epoch, at))

    async def work(self, job: str, epoch: int, at: int | None) -> None:
        self._add(Created("work", job, epoch, at))

    async def sweep(self, minute: int, turn: int) -> None:
        self._add(Created("work", f"sweep/{minute}", turn, None))

    def _add(self, task: Created) -> None:
        if self.broken:
            raise Unavailable("Cloud Tasks does not answer")
        if task[:3] not in self._names:
            self._names.add(task[:3])
            self.created.append(task)

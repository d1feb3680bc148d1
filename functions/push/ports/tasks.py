from typing import Protocol


class Tasks(Protocol):
    async def send(self, run: str, epoch: int, at: int | None) -> None:
        """A call of `send` for a run, at a time or now. The same run and epoch twice is one task."""

    async def deliver(
        self, run: str, shard: str, epoch: int, at: int | None, urgent: bool = False, again: int = 0
    ) -> None:
        """A call of `deliver` for a shard. Urgent ones have a queue of their own, and wait behind no others. Another
        number in `again` is another task."""

    async def work(self, job: str, epoch: int, at: int | None) -> None: ...

    async def sweep(self, minute: int, turn: int) -> None:
        """A call of `work` that goes on with the sweep of that minute (since the epoch). The same turn of it twice is
        one task, whoever asks."""

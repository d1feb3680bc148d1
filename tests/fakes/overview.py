"""All runs together, counted in memory."""

from collections.abc import Sequence

from fakes.runs import FakeRuns
from push.domain.run import Run
from push.domain.schedule import State
from push.domain.shard import add
from push.domain.status import slot_of
from push.ports import Ended


class FakeOverview:
    """`broken` holds what the store does instead of answering, by the name of the call."""

    data_format = 2

    def __init__(self, runs: FakeRuns) -> None:
        self.runs = runs
        self.broken: dict[str, Exception] = {}
        self.asked = 0

    async def due(self, now: int) -> int | None:
        self._perhaps_break("due")
        return sum(run.wake_at is not None and run.wake_at <= now for run in self._all())

    async def late(self, now: int, before: int) -> int | None:
        self._perhaps_break("late")
        return sum(run.state is State.SCHEDULED and run.send_on < before for run in self._all())

    async def in_state(self, state: State) -> int | None:
        self._perhaps_break("in_state")
        return sum(run.state is state for run in self._all())

    async def sending(self, limit: int) -> list[str]:
        self._perhaps_break("sending")
        found = sorted((run.started_at or 0, run.id) for run in self._all() if run.state is State.SENDING)
        return [id for _, id in found[:limit]]

    async def ended_in(self, slots: Sequence[str]) -> Ended:
        self._perhaps_break("ended_in")
        self.asked += 1
        ended = [run for run in self._all() if run.sending_ended_at is not None and run.counts is not None]
        ended = [run for run in ended if slot_of(run.sending_ended_at or 0) in slots]
        targeted, accepted, total = (
            sum((run.counts or {}).get(name, 0) for run in ended) for name in ("targeted", "accepted", "failed")
        )
        failed = sorted(ended, key=lambda run: -(run.counts or {}).get("failed", 0))[:100]
        reasons: dict[str, int] = {}
        for run in failed:
            reasons = add(reasons, run.reasons or {})
        explained = sum((run.counts or {}).get("failed", 0) for run in failed)
        return Ended(len(ended), targeted, accepted, total, reasons, explained >= total)

    def _all(self) -> list[Run]:
        return [run for run, _, _ in self.runs.stored.values()]

    def _perhaps_break(self, call: str) -> None:
        if call in self.broken:
            raise self.broken[call]

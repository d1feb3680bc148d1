"""All runs together, for operators: counts and sums that Firestore makes, and a few documents."""

from collections.abc import Sequence
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import at, ms
from push.adapters.firestore.counting import counted
from push.adapters.firestore.errors import translated
from push.adapters.firestore.run_documents import FORMAT
from push.domain.run import WATCH_MS
from push.domain.schedule import State
from push.domain.shard import add
from push.ports import Ended

_SUM_S = 4.0
_SUMS = ("targeted", "accepted", "failed")
_MOST_LATE = 1_000
_MOST_SENDING = 500
_MOST_REASONS = 100


class FirestoreOverview:
    data_format = FORMAT

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: int) -> int | None:
        return await counted(self._runs("wakeAt", "<=", at(now)))

    async def late(self, now: int, before: int) -> int | None:
        # Moments that they are to be sent at are not indexed. Whatever is late has a moment to be looked at that came,
        # or lies as far ahead as sweep puts it at most.
        query = self._state(State.SCHEDULED).where(filter=FieldFilter("wakeAt", "<=", at(now + WATCH_MS)))
        with translated():
            found = [ms(each.get("sendOn")) async for each in query.select(["sendOn"]).limit(_MOST_LATE + 1).stream()]
        return sum(moment < before for moment in found) if len(found) <= _MOST_LATE else None

    async def in_state(self, state: State) -> int | None:
        return await counted(self._state(state))

    async def sending(self, limit: int) -> list[str]:
        query = self._state(State.SENDING).select(["startedAt"]).limit(_MOST_SENDING)
        with translated():
            found = [(each.get("startedAt"), str(each.id)) async for each in query.stream()]
        return [id for _, id in sorted(found)[:limit]]

    async def ended_in(self, slots: Sequence[str]) -> Ended:
        query = self._runs("endedSlot", "in", list(slots))
        sums = query.count(alias="runs")
        for name in _SUMS:
            sums = sums.sum(f"counts.{name}", alias=name)
        failed = query.where(filter=FieldFilter("counts.failed", ">", 0)).order_by("counts.failed", "DESCENDING")
        reasons: dict[str, int] = {}
        explained = 0
        with translated():
            found = {each.alias: int(each.value) for each in (await sums.get(timeout=_SUM_S))[0]}
            async for each in failed.select(["reasons", "counts.failed"]).limit(_MOST_REASONS).stream(timeout=_SUM_S):
                reasons = add(reasons, each.get("reasons") or {})
                explained += each.get("counts.failed")
        targeted, accepted, failures = (found[name] for name in _SUMS)
        return Ended(found["runs"], targeted, accepted, failures, reasons, explained >= failures)

    def _runs(self, field: str, operator: str, value: Any) -> Any:
        return self._database.client.collection("runs").where(filter=FieldFilter(field, operator, value))

    def _state(self, state: State) -> Any:
        return self._runs("state", "==", state.value)

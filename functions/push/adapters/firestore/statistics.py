"""`stats/{app}-{day}`: sums over the runs whose sending ended on a day, remembered.

Nothing is added up as runs finish, so nothing can be added twice: a sum is Firestore's aggregation over the runs, each
of which was marked as ended by one guarded write. A day that is over is summed once, today every minute.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import VERSION, at, ms
from push.adapters.firestore.errors import translated
from push.domain.results import DayTotals

_FRESH_MS = 60_000
_SUM_S = 10.0
_AT_ONCE = 8
_SUMS = ("targeted", "accepted", "failed")


class FirestoreStatistics:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def days(self, app: int, days: Sequence[str]) -> list[DayTotals]:
        if not days:
            return []
        known: dict[str, DayTotals] = {}
        now = 0
        references = {self._at(app, day).id: (day, self._at(app, day)) for day in days}
        with translated():
            async for snapshot in self._database.client.get_all([reference for _, reference in references.values()]):
                now = ms(snapshot.read_time)
                if snapshot.exists:
                    known[references[snapshot.id][0]] = _decode(snapshot.to_dict())
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(day: str) -> DayTotals:
            found = known.get(day)
            if found is not None and (found.final or now - found.as_of < _FRESH_MS):
                return found
            async with slots:
                return await self._sum(app, day, now)

        return list(await asyncio.gather(*(one(day) for day in days)))

    async def _sum(self, app: int, day: str, now: int) -> DayTotals:
        query = self._database.client.collection("runs")
        for name, value in (("app", app), ("endedDay", day)):
            query = query.where(filter=FieldFilter(name, "==", value))
        sums = query.count(alias="runs")
        for name in _SUMS:
            sums = sums.sum(f"counts.{name}", alias=name)
        with translated():
            found = {each.alias: int(each.value) for each in (await sums.get(timeout=_SUM_S))[0]}
            totals = DayTotals(day, found["runs"], found["targeted"], found["accepted"], found["failed"], now)
            await self._at(app, day).set(_encode(app, totals))
        return totals

    def _at(self, app: int, day: str) -> Any:
        return self._database.client.document(f"stats/{app}-{day}")


def _encode(app: int, totals: DayTotals) -> dict[str, Any]:
    counts = {"runs": totals.runs, **{name: getattr(totals, name) for name in _SUMS}}
    return {"v": VERSION, "app": app, "day": totals.day, **counts, "asOf": at(totals.as_of)}


def _decode(document: dict[str, Any]) -> DayTotals:
    runs, targeted, accepted, failed = (int(document[name]) for name in ("runs", *_SUMS))
    return DayTotals(document["day"], runs, targeted, accepted, failed, ms(document["asOf"]))

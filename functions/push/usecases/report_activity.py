"""A phone says what became of a notification: kept once for each device and action, whatever the order."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from push.domain.activity import Action, Event
from push.domain.app import Receipts
from push.domain.errors import NotFound
from push.domain.ids import plausible
from push.ports import Activity, Clock, Devices, Schedules
from push.usecases.gather import Gather

# Firestore takes 500 writes a call; four calls on their way keep it busy, and 2,000 waiting are two seconds' worth.
_CALLS, _SIZE, _WAITING = 4, 500, 2_000
_KNOWN = 1_000
_KNOWN_MS = 60_000


class Report(NamedTuple):
    """What a phone says: the device by its alias. `app` is the app that the phone's token speaks for, if only one."""

    schedule: str
    alias: str
    action: Action
    platform: str
    app: int | None = None


class Known(NamedTuple):
    """What a report needs to know of its schedule."""

    app: int
    receipts: Receipts


class Intake:
    """One a process: reports on their way to the store, and which schedules of late were found to exist.

    A schedule that was sent never changes its app, nor which receipts are kept; one that was deleted is forgotten after
    a minute.
    """

    def __init__(self, calls: int = _CALLS, size: int = _SIZE, waiting: int = _WAITING) -> None:
        self.gather: Gather[Report, None] = Gather(calls, size, waiting)
        self._known: OrderedDict[str, tuple[Known, int]] = OrderedDict()

    async def known(self, ids: Collection[str], now: int, schedules: Schedules) -> dict[str, Known]:
        """Those schedules that exist."""
        known = {id: self._known[id][0] for id in ids if id in self._known and now < self._known[id][1]}
        missing = [id for id in ids if id not in known and plausible(id)]
        for found in await asyncio.gather(*(schedules.get(id) for id in missing)):
            if found is not None:
                known[found.id] = Known(found.app, found.receipts)
                self._known[found.id] = (known[found.id], now + _KNOWN_MS)
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return known


async def report_activity(
    report: Report, *, intake: Intake, schedules: Schedules, devices: Devices, activity: Activity, clock: Clock
) -> None:
    """Returns once it is stored, or was a receipt that the schedule's app does not keep. Raises NotFound, and
    TooManyRequests over capacity."""

    async def store(batch: Sequence[Report]) -> list[Exception | None]:
        now = clock.now()
        known = await intake.known({report.schedule for report in batch}, now, schedules)
        return await _store(batch, known, devices=devices, activity=activity, now=now)

    await intake.gather(report, store)


async def _store(
    batch: Sequence[Report], known: Mapping[str, Known], *, devices: Devices, activity: Activity, now: int
) -> list[Exception | None]:
    """Answers for each report None, or why it was not stored."""
    aliases: dict[int, set[str]] = defaultdict(set)
    for report in batch:
        if _may(report, known):
            aliases[known[report.schedule].app].add(report.alias)
    found = await asyncio.gather(*(devices.ids_of(app, sorted(named)) for app, named in aliases.items()))
    ids = {(app, alias): id for app, of in zip(aliases, found, strict=True) for alias, id in of.items()}
    answers: list[Exception | None] = []
    events = []
    for report in batch:
        of = known.get(report.schedule)
        device = ids.get((of.app, report.alias)) if of else None
        if of is None or not _may(report, known):
            answers.append(NotFound("no such schedule"))
        elif device is None:
            answers.append(NotFound("no such device in the schedule's app: register it first"))
        else:
            answers.append(None)
            if report.action is Action.RECEIPT and not of.receipts.keeps(report.schedule, device):
                continue
            events.append(Event(report.schedule, device, report.action, report.platform, now))
    if events:
        await activity.record_many(events)
    return answers


def _may(report: Report, known: Mapping[str, Known]) -> bool:
    """Whether the schedule exists, as far as the caller may know."""
    of = known.get(report.schedule)
    return of is not None and report.app in (None, of.app)

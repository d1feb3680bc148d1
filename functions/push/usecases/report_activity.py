"""A phone says what became of a notification: kept once for each device and action, whatever the order."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from push.domain.activity import Action, Event
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


class Intake:
    """One a process: reports on their way to the store, and which schedules of late were found to exist.

    A schedule never changes its app; one that was deleted is forgotten after a minute.
    """

    def __init__(self, calls: int = _CALLS, size: int = _SIZE, waiting: int = _WAITING) -> None:
        self.gather: Gather[Report, None] = Gather(calls, size, waiting)
        self._known: OrderedDict[str, tuple[int, int]] = OrderedDict()

    async def apps_of(self, ids: Collection[str], now: int, schedules: Schedules) -> dict[str, int]:
        """The apps of those schedules that exist."""
        apps = {id: self._known[id][0] for id in ids if id in self._known and now < self._known[id][1]}
        missing = [id for id in ids if id not in apps and plausible(id)]
        for found in await asyncio.gather(*(schedules.get(id) for id in missing)):
            if found is not None:
                apps[found.id] = found.app
                self._known[found.id] = (found.app, now + _KNOWN_MS)
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return apps


async def report_activity(
    report: Report, *, intake: Intake, schedules: Schedules, devices: Devices, activity: Activity, clock: Clock
) -> None:
    """Returns once it is stored. Raises NotFound, and TooManyRequests over capacity."""

    async def store(batch: Sequence[Report]) -> list[Exception | None]:
        now = clock.now()
        apps = await intake.apps_of({report.schedule for report in batch}, now, schedules)
        return await _store(batch, apps, devices=devices, activity=activity, now=now)

    await intake.gather(report, store)


async def _store(
    batch: Sequence[Report], apps: Mapping[str, int], *, devices: Devices, activity: Activity, now: int
) -> list[Exception | None]:
    """Answers for each report None, or why it was not stored."""
    aliases: dict[int, set[str]] = defaultdict(set)
    for report in batch:
        if _may(report, apps):
            aliases[apps[report.schedule]].add(report.alias)
    found = await asyncio.gather(*(devices.ids_of(app, sorted(named)) for app, named in aliases.items()))
    ids = {(app, alias): id for app, of in zip(aliases, found, strict=True) for alias, id in of.items()}
    answers: list[Exception | None] = []
    events = []
    for report in batch:
        device = ids.get((apps.get(report.schedule, -1), report.alias))
        if not _may(report, apps):
            answers.append(NotFound("no such schedule"))
        elif device is None:
            answers.append(NotFound("no such device in the schedule's app: register it first"))
        else:
            answers.append(None)
            events.append(Event(report.schedule, device, report.action, report.platform, now))
    if events:
        await activity.record_many(events)
    return answers


def _may(report: Report, apps: Mapping[str, int]) -> bool:
    """Whether the schedule exists, as far as the caller may know."""
    app = apps.get(report.schedule)
    return app is not None and report.app in (None, app)

"""What runs keep about devices, in memory: over the fakes of runs and ledger."""

from fakes.activity import FakeActivity
from fakes.runs import FakeLedger, FakeRuns
from push.domain.activity import Action, Done
from push.domain.ids import Keys
from push.domain.page import nobody
from push.ports import Trace


class FakeTraces:
    def __init__(self, keys: Keys, runs: FakeRuns, ledger: FakeLedger, activity: FakeActivity) -> None:
        self._activity = activity
        self._keys = keys
        self._runs = runs
        self._ledger = ledger

    async def failures(self, device: str, limit: int) -> list[Trace]:
        found = sorted((at, failure) for at, failure in self._ledger.failures_kept.items() if failure.device == device)
        return [Trace(run, failure) for (run, _), failure in found[:limit]]

    async def erase_failures(self, device: str, limit: int) -> int:
        found = await self.failures(device, limit)
        for run, failure in found:
            del self._ledger.failures_kept[run, failure.target]
        return len(found)

    async def activity(self, device: str, limit: int) -> list[Done]:
        found: dict[str, dict[Action, int]] = {}
        for (run, of, action), at in sorted(self._activity.moments.items()):
            if of == device:
                found.setdefault(run, {})[action] = at
        platforms = self._activity.platforms
        return [Done(run, platforms[run, device], moments) for run, moments in found.items()][:limit]

    async def erase_activity(self, device: str, limit: int) -> int:
        found = [done.run for done in await self.activity(device, limit)]
        for run, of, action in list(self._activity.moments):
            if of == device and run in found:
                del self._activity.moments[run, of, action]
        return len(found)

    async def erase_alias(self, app: int, alias: str, instead: str, after: str, limit: int) -> tuple[int, str | None]:
        runs = sorted(id_ for id_, (run, _, _) in self._runs.stored.items() if run.app == app and id_ > after)[:limit]
        changed = 0
        for (run, list_id), items in self._runs.lists.items():
            if run in runs and alias in items:
                self._runs.lists[run, list_id] = tuple(instead if item == alias else item for item in items)
                changed += 1
        for run in runs:
            changed += self._ledger.failures_kept.pop((run, nobody(self._keys.device(alias))), None) is not None
        return changed, runs[-1] if len(runs) == limit else None

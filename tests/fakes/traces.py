"""What runs keep about devices, in memory: over the fakes of runs and ledger."""

from fakes.activity import FakeActivity
from fakes.runs import FakeLedger, FakeRuns
from push.domain.activity import Action, Done
from push.domain.audience import AudienceKind
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

    async def erase_lists(self, app: int, after: str, limit: int) -> str | None:
        runs = self._page(app, after, limit)
        for key in [key for key in self._runs.lists if key[0] in runs]:
            del self._runs.lists[key]
        return runs[-1] if len(runs) == limit else None

    def _page(self, app: int, after: str, limit: int) -> list[str]:
        return sorted(id_ for id_, (run, _, _) in self._runs.stored.items() if run.app == app and id_ > after)[:limit]

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

    async def erase_alias(
        self, app: int, alias: str, instead: str, until: int, after: str, limit: int
    ) -> tuple[int, str | None]:
        gone = nobody(self._keys.device(alias))
        return self._erase(app, AudienceKind.ALIASES, alias, gone, instead, after, limit, until)

    async def erase_user(self, app: int, user: str, instead: str, after: str, limit: int) -> tuple[int, str | None]:
        gone = nobody(self._keys.user(user))
        return self._erase(app, AudienceKind.USERS, user, gone, instead, after, limit)

    def _erase(
        self, app: int, kind: AudienceKind, item: str, failure: str, instead: str, after: str, limit: int,
        until: int | None = None,
    ) -> tuple[int, str | None]:  # fmt: skip
        runs = self._page(app, after, limit)
        known = {id_: self._runs.stored[id_][0] for id_ in runs}
        meant = {
            id_
            for id_, run in known.items()
            if run.audience.kind is kind and (until is None or run.created_at <= until)
        }
        changed = 0
        for (run, list_id), items in self._runs.lists.items():
            if run in meant and item in items:
                self._runs.lists[run, list_id] = tuple(instead if each == item else each for each in items)
                changed += 1
        for run in meant:
            changed += self._ledger.failures_kept.pop((run, failure), None) is not None
        return changed, runs[-1] if len(runs) == limit else None

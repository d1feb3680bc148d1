"""The audience in memory, over whatever devices there are."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

from push.domain.audience import Groups, carries
from push.domain.device import Device, Target
from push.domain.ids import Keys
from push.domain.keyspace import SLICES, KeyRange, cut
from push.domain.page import NO_TARGET, STALE, Entry

BATCH = 3
_SLICES = frozenset(cut(number, SLICES) for number in range(SLICES))
# Found in a slice, it is an audience that is too small for a canary.
NO_CANARY = 3


class FakeAudience:
    """`devices` gives the devices of an app as they are now; what was removed stays away. `estimates` is what is
    counted in a slice, if that is not to be the truth, and of the whole; `in_a_slice` is of the slice alone."""

    def __init__(self, keys: Keys, devices: Callable[[int], Iterable[Device]]) -> None:
        self._keys = keys
        self._devices = devices
        self.removed: set[tuple[int, str]] = set()
        # What was read through its device has no version: what it was then.
        self._as_named: dict[tuple[int, str], Any] = {}
        # By app, target and device, as FakeEndpoints keeps them.
        self.endpoints: dict[tuple[int, str, str], str] = {}
        self.estimates: int | None = None
        self.in_a_slice: int | None = None

    async def estimate(self, app: int, groups: Groups, slice_: KeyRange) -> int | None:
        if self.in_a_slice is not None and slice_ in _SLICES:
            return self.in_a_slice
        if self.estimates is not None and slice_ in _SLICES:
            return self.estimates
        if self.estimates is not None and slice_ == KeyRange("", ""):
            return self.estimates * SLICES
        return len([entry for entry in self._matching(app, groups) if _within(slice_, entry.key)])

    async def scan(
        self, app: int, groups: Groups, keys: KeyRange, after: str, stale_before: int = 0
    ) -> AsyncIterator[list[Entry]]:
        stale = {device.id for device in self._devices(app) if 0 < device.seen_at < stale_before}
        matching = [e._replace(note=STALE if e.device_id in stale else "") for e in self._matching(app, groups)]
        found = [e for e in matching if _within(keys, e.key) and e.key > after]
        for start in range(0, len(found), BATCH):
            yield found[start : start + BATCH]

    async def by_keys(self, app: int, keys: Sequence[str]) -> list[Entry]:
        found = {entry.key: entry for entry in self._matching(app, ())}
        return [found.get(key) or Entry(key, key, None) for key in keys]

    async def by_aliases(self, app: int, aliases: Sequence[str], groups: Groups) -> list[list[Entry]]:
        devices = {self._keys.device(device.alias): device for device in self._devices(app)}
        matching: dict[str, list[Entry]] = {}
        for entry in self._matching(app, groups):
            self._as_named[app, entry.key] = entry.version
            matching.setdefault(entry.device, []).append(entry._replace(version=None, endpoint=""))
        found = []
        for key in (self._keys.device(alias) for alias in aliases):
            if key not in devices:
                found.append([Entry("", "", None, key)])
            elif not carries(groups, {tag.id for tag in devices[key].tags}):
                found.append([])
            else:
                found.append(matching.get(key) or [Entry("", "", None, key, devices[key].id, note=NO_TARGET)])
        return found

    async def by_users(self, app: int, users: Sequence[str], groups: Groups) -> AsyncIterator[tuple[int, list[Entry]]]:
        owners = {device.id: device.user for device in self._devices(app)}
        everything, matching = self._matching(app, ()), self._matching(app, groups)
        for place, user in enumerate(users):
            if not any(owners[entry.device_id] == user for entry in everything):
                yield place, [Entry("", "", None, self._keys.user(user))]
                continue
            mine = [entry for entry in matching if owners[entry.device_id] == user]
            for start in range(0, len(mine) or 1, BATCH):
                yield place, mine[start : start + BATCH]

    async def unseen(
        self, app: int, keys: KeyRange, after: str, before: int, limit: int
    ) -> tuple[list[Entry], str | None]:
        seen = {device.id: device.seen_at for device in self._devices(app)}
        found = [e for e in self._matching(app, ()) if _within(keys, e.key) and e.key > after][:limit]
        last = found[-1].key if len(found) == limit else None
        return [entry for entry in found if seen[entry.device_id] < before], last

    def key(self, target: Target) -> str:
        return self._keys.target(target.kind, target.value)

    async def remove(self, app: int, entries: Sequence[Entry]) -> int:
        unchanged = {entry.key: entry.version for entry in self._matching(app, ())}
        read = {e.key: e.version or self._as_named.get((app, e.key)) for e in entries}
        gone = {(app, key) for key, version in read.items() if key in unchanged and unchanged[key] == version}
        self.removed |= gone
        return len(gone)

    def _matching(self, app: int, groups: Groups) -> list[Entry]:
        found = []
        for device in self._devices(app):
            version = (device.id, device.seen_at, device.updated_at)
            if not carries(groups, {tag.id for tag in device.tags}):
                continue
            for target in device.targets:
                key = self.key(target)
                if (app, key) not in self.removed:
                    owner = self._keys.device(device.alias)
                    endpoint = self.endpoints.get((app, key, owner), "")
                    found.append(Entry(key, key, target, owner, device.id, version, endpoint=endpoint))
        return sorted(found, key=lambda entry: entry.key)


def _within(keys: KeyRange, key: str) -> bool:
    return key >= keys.start and (not keys.end or key < keys.end)

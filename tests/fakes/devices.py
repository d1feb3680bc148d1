"""Devices and the audience they are, in memory."""

from collections.abc import AsyncIterator, Sequence

from push.domain.device import Device, Target
from push.domain.device_search import DeviceSearch
from push.domain.errors import Conflict
from push.domain.ids import Keys
from push.domain.keyspace import KeyRange
from push.ports import Cleared, Decide, Known

_KEYS = Keys("a pepper for tests only")


class FakeDevices:
    """By app and alias. `writes` counts what was stored, so that a test can say that nothing was."""

    def __init__(self) -> None:
        self.stored: dict[tuple[int, str], Device] = {}
        self.writes = 0
        self.estimates: int | None = None

    async def get(self, app: int, id: str) -> Device | None:
        return next((d for (of, _), d in self.stored.items() if of == app and d.id == id), None)

    async def by_aliases(self, app: int, aliases: Sequence[str]) -> dict[str, Device]:
        return {alias: self.stored[app, alias] for alias in aliases if (app, alias) in self.stored}

    async def ids_of(self, app: int, aliases: Sequence[str]) -> dict[str, str]:
        return {alias: device.id for alias, device in (await self.by_aliases(app, aliases)).items()}

    async def change(
        self, app: int, id: str | None, alias: str | None, decide: Decide, targets: Sequence[Target] = ()
    ) -> Device | None:
        by_id = await self.get(app, id) if id else None
        by_alias = self.stored.get((app, alias)) if alias else None
        wanted = decide(by_id, by_alias)
        if wanted is None:
            return None
        holder = self.stored.get((app, wanted.alias))
        if holder is not None and holder.id != wanted.id:
            raise Conflict("the alias belongs to another device")
        self._rob(app, wanted)
        stored = by_id or by_alias
        if stored is not None:
            del self.stored[app, stored.alias]
        self.stored[app, wanted.alias] = wanted
        self.writes += 1
        return wanted

    async def any(self, app: int) -> bool:
        return any(of == app for of, _ in self.stored)

    async def delete(self, app: int, id: str) -> Device | None:
        device = await self.get(app, id)
        if device is not None:
            del self.stored[app, device.alias]
        return device

    async def clear(self, app: int, limit: int) -> Cleared:
        found = self.of(app)[:limit]
        for device in found:
            del self.stored[app, device.alias]
        return Cleared(len(found), bool(found))

    async def search(
        self, app: int, wanted: DeviceSearch, limit: int, after: str | None
    ) -> tuple[list[Device], str | None]:
        found = sorted((d for d in self.of(app) if wanted.finds(d)), key=lambda device: device.alias)
        found = [device for device in found if after is None or device.alias > after]
        return found[:limit], found[limit - 1].alias if len(found) > limit else None

    async def estimate(self, app: int, tag: str, slice_: KeyRange) -> int | None:
        if self.estimates is not None:
            return self.estimates
        keys = [_KEYS.device(d.alias) for d in self.of(app) if tag in {carried.id for carried in d.tags}]
        return sum(slice_.start <= key and (not slice_.end or key < slice_.end) for key in keys)

    async def carrying(self, tag: str, limit: int) -> list[Device]:
        return [d for d in self.stored.values() if tag in {carried.id for carried in d.tags}][:limit]

    async def put_many(self, app: int, devices: Sequence[Device]) -> list[Device]:
        left_out = []
        for device in devices:
            if (app, device.alias) in self.stored or await self.owners(app, device.targets):
                left_out.append(device)
            else:
                self.stored[app, device.alias] = device
                self.writes += 1
        return left_out

    async def owners(self, app: int, targets: Sequence[Target]) -> dict[Target, Device]:
        held = {(t.kind, t.value): device for device in self.of(app) for t in device.targets}
        return {t: held[t.kind, t.value] for t in targets if (t.kind, t.value) in held}

    async def known(self, app: int) -> AsyncIterator[list[Known]]:
        devices = self.of(app)
        for start in range(0, len(devices), 2):
            yield [Known(d.id, d.alias, d.updated_at, d.user) for d in devices[start : start + 2]]

    def of(self, app: int) -> list[Device]:
        return [device for (of, _), device in self.stored.items() if of == app]

    def targets(self, app: int) -> list[Target]:
        """The audience: every target of the app."""
        return [target for device in self.of(app) for target in device.targets]

    def _rob(self, app: int, wanted: Device) -> None:
        """One phone has one owner."""
        taken = {(target.kind, target.value) for target in wanted.targets}
        for key, device in self.stored.items():
            if key[0] == app and device.id != wanted.id:
                kept = tuple(target for target in device.targets if (target.kind, target.value) not in taken)
                self.stored[key] = device.model_copy(update={"targets": kept})

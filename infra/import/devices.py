"""Devices: most rows are new to the store and go there by the hundred; the others are decided one by one."""

import asyncio
from collections.abc import Iterable, Sequence

from push.domain.device import Device, Target, TargetKind
from push.domain.errors import PushError
from push.ports import Devices, Known

from .judge import NEWER, Judgement, judge
from .known import Register
from .lines import Line
from .rows import DeviceRow, parsed
from .tagbook import TagBook
from .verdict import Notice, Outcome, Verdict, refused, refused_for

_AT_ONCE = 16


class DeviceImport:
    def __init__(self, app: int, devices: Devices, book: TagBook, register: Register) -> None:
        self._app = app
        self._devices = devices
        self._book = book
        self._register = register

    async def take(self, lines: Sequence[Line]) -> list[Verdict]:
        """What became of each. Once it answers, all of it is stored."""
        verdicts: list[Verdict | None] = []
        rows: dict[int, DeviceRow] = {}
        for place, line in enumerate(lines):
            read = self._read(line)
            verdicts.append(read if isinstance(read, Verdict) else None)
            if isinstance(read, DeviceRow):
                rows[place] = read
        carried = await self._book.resolve([row.tag_refs() or [] for row in rows.values()])
        fresh: dict[int, Device] = {}
        others: dict[int, Device] = {}
        notices: dict[int, list[Notice]] = {}
        named: set[str] = set()
        for (place, row), (tags, lost) in zip(rows.items(), carried, strict=True):
            notices[place] = [_lost_tag(number) for number in lost]
            device = row.device(self._app, tuple(tags))
            plain = self._plain(device)
            if plain is not None:
                verdicts[place] = plain
            elif named.isdisjoint((device.id, device.alias)) and self._is_new(device):
                fresh[place] = device
                named |= {device.id, device.alias}
            else:
                others[place] = device
        left_out = {device.id for device in await self._devices.put_many(self._app, list(fresh.values()))}
        self._register.note([_known(device) for device in fresh.values() if device.id not in left_out])
        for place, device in fresh.items():
            if device.id in left_out:
                others[place] = device
            else:
                verdicts[place] = Verdict(Outcome.CREATED, tuple(notices[place]), device.id)
        for place, verdict in (await self._settle_all(others, rows, notices)).items():
            verdicts[place] = verdict
        return [verdict for verdict in verdicts if verdict is not None]

    def _read(self, line: Line) -> DeviceRow | Verdict:
        try:
            row = parsed(line, DeviceRow)
        except PushError as error:
            return refused_for(error)
        if row.app_id not in (None, self._app):
            return refused("other-app", f"belongs to another app than {self._app}", "/appId", row.id)
        return row if row.deleted_at is None else Verdict(Outcome.DELETED, id=row.id)

    def _plain(self, device: Device) -> Verdict | None:
        """What needs no look at the store: most of a second run."""
        known = self._register.by_id(device.id)
        if known is None or known.alias != device.alias:
            return None
        if known.updated_at > device.updated_at:
            return Verdict(Outcome.NEWER, (NEWER,), device.id)
        if known.updated_at == device.updated_at and (device.user is None or known.user is not None):
            return Verdict(Outcome.SAME, id=device.id)
        return None

    def _is_new(self, device: Device) -> bool:
        return self._register.by_id(device.id) is None and self._register.by_alias(device.alias) is None

    async def _settle_all(
        self, others: dict[int, Device], rows: dict[int, DeviceRow], notices: dict[int, list[Notice]]
    ) -> dict[int, Verdict]:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def settle(place: int, device: Device) -> Verdict:
            async with slots:
                return await self._settle(device, rows[place], notices[place])

        settled = await asyncio.gather(*(settle(place, device) for place, device in others.items()))
        return dict(zip(others, settled, strict=True))

    async def _settle(self, device: Device, row: DeviceRow, notices: Iterable[Notice]) -> Verdict:
        """In a transaction, against what is stored at that moment."""
        lost = await self._held_by_newer(device)
        device = device.model_copy(update={"targets": tuple(t for t in device.targets if t not in lost)})
        judged: Judgement | None = None

        def decide(by_id: Device | None, by_alias: Device | None) -> Device | None:
            nonlocal judged
            judged = judge(device, by_id, by_alias)
            return judged.store

        known = self._register.by_id(device.id)
        # A search by id costs more than all the rest, so only where the alias does not lead there.
        id = device.id if known is not None and known.alias != device.alias else None
        await self._devices.change(self._app, id, device.alias, decide, device.targets)
        if judged is None:
            raise RuntimeError("the store did not ask what to do")
        if judged.store is not None:
            self._register.note([_known(judged.store)])
            notices = [*notices, *(_lost_target(row, target) for target in lost)]
        told = judged.notice and (judged.notice,)
        return Verdict(judged.outcome, told or tuple(notices), device.id)

    async def _held_by_newer(self, device: Device) -> list[Target]:
        owners = await self._devices.owners(self._app, device.targets)
        return [
            target
            for target, owner in owners.items()
            if owner.id != device.id and owner.updated_at >= device.updated_at
        ]


def _known(device: Device) -> Known:
    return Known(device.id, device.alias, device.updated_at, device.user)


def _lost_tag(place: int) -> Notice:
    return Notice("tag-unknown", f"/tags/{place}", "no tag has this id, and there is no name to go by: left out")


def _lost_target(row: DeviceRow, target: Target) -> Notice:
    named = row.devices if target.kind is TargetKind.TOKEN else row.installations
    values = [each.token if target.kind is TargetKind.TOKEN else each.fid for each in named or ()]  # type: ignore[union-attr]
    pointer = f"/{'devices' if target.kind is TargetKind.TOKEN else 'installations'}/{values.index(target.value)}"
    return Notice("target-elsewhere", pointer, "a device that was changed later has this target: left out here")

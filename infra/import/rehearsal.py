"""A dry run: the same import over stores that keep what is written to themselves, in a file that goes with us."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence

from push.domain.audit import Change
from push.domain.device import Device, Target
from push.domain.errors import Conflict
from push.domain.tag import Tag, tag_key
from push.domain.user import User, fold_email
from push.ports import Before, Decide, Devices, Known, Tags, Users


class Scratch:
    """Texts by kind and key."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE kept (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;"
        )

    def get(self, kind: str, key: str) -> str | None:
        row = self._rows.execute("SELECT value FROM kept WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return None if row is None else str(row[0])

    def put(self, kind: str, key: str, value: str) -> None:
        self._rows.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (kind, key, value))


# Its device has another alias by now.
_GONE = ""


class RehearsedDevices:
    """`stored` is read, and never written."""

    def __init__(self, stored: Devices, scratch: Scratch) -> None:
        self._stored = stored
        self._scratch = scratch

    def known(self, app: int) -> AsyncIterator[list[Known]]:
        return self._stored.known(app)

    async def put_many(self, app: int, devices: Sequence[Device]) -> list[Device]:
        left_out = []
        for start in range(0, len(devices), 500):
            some = devices[start : start + 500]
            taken = await self._stored.by_aliases(app, [device.alias for device in some])
            targets = [target for device in some for target in device.targets]
            held: set[Target] = set()
            for first in range(0, len(targets), 500):
                held |= (await self._stored.owners(app, targets[first : first + 500])).keys()
            for device in some:
                mine = [self._scratch.get("target", _named(target)) for target in device.targets]
                known = device.alias in taken or self._by_alias(device.alias) is not None
                if known or any(mine) or not held.isdisjoint(device.targets):
                    left_out.append(device)
                else:
                    self._keep(device)
        return left_out

    async def owners(self, app: int, targets: Sequence[Target]) -> dict[Target, Device]:
        owners = await self._stored.owners(app, targets)
        for target in targets:
            alias = self._scratch.get("target", _named(target))
            owner = self._by_alias(alias) if alias else None
            if owner is not None:
                owners[target] = owner
        return owners

    async def change(
        self, app: int, id: str | None, alias: str | None, decide: Decide, _: Sequence[Target] = ()
    ) -> Device | None:
        by_id = await self._get(app, id) if id else None
        by_alias = await self._named(app, alias) if alias else None
        wanted = decide(by_id, by_alias)
        if wanted is not None:
            if by_id is not None and by_id.alias != wanted.alias:
                self._scratch.put("device", by_id.alias, _GONE)
            self._keep(wanted)
        return wanted

    async def _get(self, app: int, id: str) -> Device | None:
        alias = self._scratch.get("id", id)
        return self._by_alias(alias) if alias else await self._stored.get(app, id)

    async def _named(self, app: int, alias: str) -> Device | None:
        if self._scratch.get("device", alias) is not None:
            return self._by_alias(alias)
        return (await self._stored.by_aliases(app, [alias])).get(alias)

    def _by_alias(self, alias: str) -> Device | None:
        text = self._scratch.get("device", alias)
        return Device.model_validate_json(text) if text else None

    def _keep(self, device: Device) -> None:
        self._scratch.put("device", device.alias, device.model_dump_json())
        self._scratch.put("id", device.id, device.alias)
        for target in device.targets:
            self._scratch.put("target", _named(target), device.alias)


class RehearsedTags:
    def __init__(self, stored: Tags, scratch: Scratch) -> None:
        self._stored = stored
        self._scratch = scratch

    async def get_many(self, ids: Sequence[str]) -> dict[str, Tag]:
        made = {id: Tag.model_validate_json(text) for id in ids if (text := self._scratch.get("tag", id))}
        return await self._stored.get_many(ids) | made

    async def find_many(self, keys: Sequence[str]) -> dict[str, list[Tag]]:
        found = dict(await self._stored.find_many(keys))
        for key in keys:
            text = self._scratch.get("key", key)
            if text:
                found.setdefault(key, [Tag.model_validate_json(text)])
        return found

    async def create_missing(self, tags: Sequence[Tag]) -> None:
        for tag in tags:
            self._scratch.put("tag", tag.id, tag.model_dump_json())
            self._scratch.put("key", tag_key(tag.type, tag.name, tag.value), tag.model_dump_json())


class RehearsedUsers:
    def __init__(self, stored: Users, scratch: Scratch) -> None:
        self._stored = stored
        self._scratch = scratch

    async def get(self, app: int, id: str) -> User | None:
        text = self._scratch.get("user", id)
        return User.model_validate_json(text) if text else await self._stored.get(app, id)

    async def create(self, user: User) -> None:
        if user.email:
            email = fold_email(user.email)
            stored = await self._stored.by_email(user.app, email)
            holder = self._scratch.get("email", email) or (stored and stored.id)
            if holder not in (None, user.id):
                raise Conflict("another user has this email")
            self._scratch.put("email", email, user.id)
        self._scratch.put("user", user.id, user.model_dump_json())

    async def change(self, app: int, id: str, decide: Callable[[User], User]) -> Before[User] | None:
        before = await self.get(app, id)
        if before is None:
            return None
        after = decide(before)
        await self.create(after)
        return Before(before, after)


class RehearsedAudit:
    async def record(self, change: Change) -> None:
        """Nothing happened."""


def _named(target: Target) -> str:
    return f"{target.kind}:{target.value}"

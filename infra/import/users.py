"""Identified users, and whose devices are whose."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from push.domain.device import Device
from push.domain.errors import Conflict, PushError
from push.domain.user import User, fold_email
from push.ports import Clock, Devices, Known, Users

from .judge import NEWER
from .known import Register
from .lines import Line
from .rows import LinkRow, UserRow, parsed
from .verdict import Notice, Outcome, Verdict, refused, refused_for

_AT_ONCE = 16


class UserImport:
    """They log in as before once their provider knows them; passwords are none of ours."""

    def __init__(self, app: int, users: Users, clock: Clock) -> None:
        self._app = app
        self._users = users
        self._clock = clock

    async def take(self, lines: Sequence[Line]) -> list[Verdict]:
        slots = asyncio.Semaphore(_AT_ONCE)
        turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

        async def one(row: UserRow | Verdict) -> Verdict:
            if isinstance(row, Verdict):
                return row
            # Of two rows about one user or address, the one that stands first is first. Ids before addresses, so that
            # no two wait for each other; who has no address waits for nobody.
            address = ("email", fold_email(row.email)) if row.email else ("none", row.id)
            async with turns["id", row.id], turns[address], slots:
                return await self._store(row)

        return list(await asyncio.gather(*(one(self._read(line)) for line in lines)))

    def _read(self, line: Line) -> UserRow | Verdict:
        try:
            row = parsed(line, UserRow)
        except PushError as error:
            return refused_for(error)
        if row.app_id not in (None, self._app):
            return refused("other-app", f"belongs to another app than {self._app}", "/appId", row.id)
        return row if row.deleted_at is None else Verdict(Outcome.DELETED, id=row.id)

    async def _store(self, row: UserRow) -> Verdict:
        user = row.user(self._app, self._clock.now())
        stored = await self._users.get(self._app, user.id)
        if stored is not None and row.updated_at in (None, stored.updated_at):
            return Verdict(Outcome.SAME, id=user.id)
        try:
            changed = (
                await self._users.change(self._app, user.id, lambda before: _newer(before, user)) if stored else None
            )
            if changed is None:
                await self._users.create(user)
                return Verdict(Outcome.CREATED, id=user.id)
        except Conflict:
            return refused("email-taken", "another user of the app has this email", "/email", user.id)
        if changed.before.updated_at > user.updated_at:
            return Verdict(Outcome.NEWER, (NEWER,), user.id)
        return Verdict(Outcome.UPDATED, id=user.id)


class LinkImport:
    """The users' file once more, when the devices are there: whose a device is stands in the device. Who was refused as
    a user gets none, or nobody could ever look them up, or forget them."""

    def __init__(self, app: int, users: Users, devices: Devices, register: Register) -> None:
        self._app = app
        self._users = users
        self._devices = devices
        self._register = register

    async def take(self, lines: Sequence[Line]) -> list[Verdict | None]:
        """None for rows that link nothing, and for those that were refused as users."""
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(line: Line) -> Verdict | None:
            try:
                row = parsed(line, UserRow)
            except PushError:
                return None
            links = row.links()
            if not links or row.deleted_at is not None or row.app_id not in (None, self._app):
                return None
            async with slots:
                return await self._link_all(row.id, links)

        return list(await asyncio.gather(*(one(line) for line in lines)))

    async def _link_all(self, user: str, links: Sequence[LinkRow]) -> Verdict:
        if await self._users.get(self._app, user) is None:
            return Verdict(Outcome.SAME, (_NOBODY,), user)
        notices = []
        linked = False
        for number, link in enumerate(links):
            done = await self._link(user, link)
            linked = linked or done is True
            if isinstance(done, str):
                notices.append(Notice(done, f"/devices/{number}", _WHY_NOT[done]))
        return Verdict(Outcome.UPDATED if linked else Outcome.SAME, tuple(notices), user)

    async def _link(self, user: str, link: LinkRow) -> bool | str:
        """True when it is linked now, False when it was; else why it is not."""
        known = self._register.by_alias(link.alias) if link.alias else self._register.by_id(link.id or "")
        if known is None:
            return "device-unknown"
        if known.user is not None:
            return False if known.user == user else "linked-elsewhere"
        answer: bool | str = "device-unknown"

        def decide(_: Device | None, by_alias: Device | None) -> Device | None:
            nonlocal answer
            if by_alias is None:
                return None
            if by_alias.user is not None:
                answer = False if by_alias.user == user else "linked-elsewhere"
                return None
            answer = True
            return by_alias.model_copy(update={"user": user})

        stored = await self._devices.change(self._app, None, known.alias, decide)
        if stored is not None:
            self._register.note([Known(stored.id, stored.alias, stored.updated_at, stored.user)])
        return answer


_NOBODY = Notice("user-unknown", "/devices", "there is no such user, so their devices stay nobody's")
_WHY_NOT = {
    "device-unknown": "there is no such device: import the devices as well",
    "linked-elsewhere": "the device is linked to another user, and stays so",
}


def _newer(before: User, row: User) -> User:
    """What the row says, unless what is stored is newer; who logs in as this user stays."""
    if before.updated_at > row.updated_at:
        return before
    kept = {name: getattr(before, name) for name in ("identity", "verified", "stamp", "disabled", "created_at")}
    return row.model_copy(update=kept)

"""An import from beginning to end: tags, users, devices, and then whose devices are whose."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from infra.local.trouble import CannotStart, Trouble
from push.domain.errors import Unavailable
from push.ports import Audit, Devices, Ports, Tags, Users

from .devices import DeviceImport
from .journal import Journal, Phase
from .known import Register
from .lines import Line, Source, fingerprint
from .progress import Bars, Lines
from .rehearsal import RehearsedAudit, RehearsedDevices, RehearsedTags, RehearsedUsers, Scratch
from .tagbook import TagBook
from .tags import TagImport
from .users import LinkImport, UserImport
from .verdict import Verdict

ROWS = 2_000
_TRIES = 5
_PAUSE_S = 1.0
Take = Callable[[Sequence[Line]], Awaitable[Sequence[Verdict | None]]]


class Interrupted(Trouble):
    """Somebody stopped it."""

    exit_code = 130


@dataclass(frozen=True)
class Files:
    tags: Path | None
    users: Path | None
    devices: Path | None

    def fingerprints(self) -> dict[str, str]:
        """By phase. Raises CannotStart for a file that cannot be read."""
        phases = {"tags": self.tags, "users": self.users, "devices": self.devices, "links": self.users}
        return {kind: fingerprint(path) for kind, path in phases.items() if path is not None}


@dataclass(frozen=True)
class Stores:
    tags: Tags
    users: Users
    devices: Devices
    audit: Audit


async def run(
    ports: Ports, app: int, files: Files, journal: Journal, showing: Bars | Lines, stop: asyncio.Event, *, dry_run: bool
) -> dict[str, Phase]:
    """What became of each file's rows. Raises CannotStart, Damaged, Interrupted, and Trouble when the store is gone."""
    await _check(ports, app)
    stores = _rehearsed(ports) if dry_run else Stores(ports.tags, ports.users, ports.devices, ports.audit)
    register = Register()
    book = TagBook(stores.tags)
    phases: list[tuple[str, Path | None, Take]] = [
        ("tags", files.tags, TagImport(stores.tags, stores.audit, ports.clock).take),
        ("users", files.users, UserImport(app, stores.users, ports.clock).take),
        ("devices", files.devices, DeviceImport(app, stores.devices, book, register).take),
        ("links", files.users, LinkImport(app, stores.users, stores.devices, register).take),
    ]
    try:
        await register.fill(app, stores.devices)
        for kind, path, take in phases:
            if path is not None:
                await _play(kind, path, take, journal, showing, stop)
    except Unavailable as error:
        raise Trouble(f"{error.detail}. What was stored is stored: run the same command to go on.") from None
    finally:
        register.close()
    return journal.finish()


async def _play(
    kind: str, path: Path, take: Take, journal: Journal, showing: Bars | Lines, stop: asyncio.Event
) -> None:
    with Source(path) as source:
        phase = journal.phase(kind)
        if phase.done:
            return
        showing.begin(kind, 0 if phase.offset == 0 else min(phase.offset, source.size), source.size)
        for batch in source.batches(phase.offset, phase.line, ROWS):
            if stop.is_set():
                raise Interrupted("Stopped: run the same command to go on.")
            for line, verdict in zip(batch, await _taken(take, batch), strict=True):
                if verdict is not None:
                    phase.count(verdict)
                    journal.tell(kind, line.number, verdict)
            phase.offset, phase.line = batch[-1].end, batch[-1].number
            journal.keep()
            showing.advance(len(batch), source.read)
        phase.done = True
        journal.keep()


async def _taken(take: Take, batch: Sequence[Line]) -> Sequence[Verdict | None]:
    """Storing a row again changes nothing, so a batch that met trouble goes again."""
    for left in reversed(range(_TRIES)):
        try:
            return await take(batch)
        except Unavailable:
            if not left:
                raise
            await asyncio.sleep(_PAUSE_S * 2.0 ** (_TRIES - left - 1))
    raise AssertionError("unreachable")


async def _check(ports: Ports, app: int) -> None:
    """Raises CannotStart where what is stored would be of no use."""
    try:
        if await ports.apps.get(app) is None:
            raise CannotStart(f"There is no app {app} in this project: make it first (POST api/core/app).")
        accounts, _ = await ports.accounts.list(1, 0, None)
        known = [await ports.accounts.get(account.username) for account in accounts]
    except Unavailable as error:
        raise CannotStart(f"{error.detail}.") from None
    if None in known:
        raise CannotStart("KEY_PEPPER is not that of this deployment: nothing would be found again that is stored now.")


def _rehearsed(ports: Ports) -> Stores:
    """They know what an import asks for, and no more."""
    scratch = Scratch()
    return Stores(
        cast(Tags, RehearsedTags(ports.tags, scratch)),
        cast(Users, RehearsedUsers(ports.users, scratch)),
        cast(Devices, RehearsedDevices(ports.devices, scratch)),
        cast(Audit, RehearsedAudit()),
    )

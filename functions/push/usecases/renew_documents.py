"""What an older release stored in its own words is said in this one's: then it is found and edited like the rest."""

import asyncio
from typing import NamedTuple

from push import logs
from push.domain.errors import Stale, Unavailable
from push.domain.job import Step
from push.domain.schedule import Schedule
from push.ports import Console, Runs, Versioned
from push.ports.console import Accepted, Kind

# What a cursor begins with while this goes on; else it begins with a day.
RENEWING = "renew"
_AT_ONCE = 200
_WRITES_AT_ONCE = 20
# Longer than one release takes to replace the other: until then the older one may still write.
_AGAIN_MS = 600_000
_KINDS = tuple(Kind)


class Walk(NamedTuple):
    """Through one collection after the other, behind a document; and whether anything was found so far."""

    found: bool = False
    kind: Kind = _KINDS[0]
    after: str = ""

    def __str__(self) -> str:
        return f"{RENEWING}/{self.found:d}/{self.kind}/{self.after}"


def walk_of(cursor: str) -> Walk | None:
    """None where the walk is over. A job begins with it, and begins anew where its cursor is nonsense."""
    name, _, rest = cursor.partition("/")
    if name not in ("", RENEWING):
        return None
    try:
        found, kind, after = rest.split("/")
        return Walk(found == "1", Kind(kind), after)
    except ValueError:
        return Walk()


async def renew_documents(walk: Walk, *, console: Console, runs: Runs) -> Step:
    """The next documents. A walk that found some is followed by another, until one finds nothing."""
    outdated, last = await console.outdated(walk.kind, walk.after, _AT_ONCE)
    slots = asyncio.Semaphore(_WRITES_AT_ONCE)

    async def renew(each: Versioned[Accepted]) -> bool:
        async with slots:
            return await _renewed(walk.kind, each, console, runs)

    renewed = sum(await asyncio.gather(*map(renew, outdated)))
    if renewed:
        logs.event("documents-renewed", kind=walk.kind.value, documents=renewed)
    walk = walk._replace(found=walk.found or renewed > 0)
    if last is not None:
        return Step(str(walk._replace(after=last)), done=renewed)
    following = _KINDS[_KINDS.index(walk.kind) + 1 :]
    if following:
        return Step(str(walk._replace(kind=following[0], after="")), done=renewed)
    return Step(str(Walk()), done=renewed, wait_ms=_AGAIN_MS) if walk.found else Step(None, done=renewed)


async def _renewed(kind: Kind, outdated: Versioned[Accepted], console: Console, runs: Runs) -> bool:
    """Also where somebody wrote it just now: the next walk sees to it."""
    accepted, version = outdated.value, outdated.version
    try:
        if not (isinstance(accepted, Schedule) and await _with_its_run(accepted, version, runs)):
            await console.write(accepted, version)
    except Unavailable:
        raise
    except Stale:
        return True
    except Exception as error:  # noqa: BLE001  one bad document must not keep the others from being renewed
        logs.event("document-not-renewed", "ERROR", error=error, kind=kind.value, document=accepted.id)
        return False
    return True


async def _with_its_run(schedule: Schedule, version: object, runs: Runs) -> bool:
    """Only a run that knows its request is edited, and called off, in the console."""
    found = await runs.get(schedule.id)
    if found is None or found.value.request is not None:
        return False
    run = found.value.model_copy(update={"request": schedule})
    await runs.revise(run.mirror or schedule, run, None, found.version, over=version)
    return True

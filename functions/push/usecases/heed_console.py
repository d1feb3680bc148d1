"""What somebody wrote into a schedule's document a moment ago is not lost to whoever edits it by the API."""

from typing import Any

from push.domain.errors import Conflict, Stale
from push.ports import Console, Runs
from push.ports.console import Kind, Written
from push.usecases.hold_schedule import Held

# So long an edit waits to be looked at, if it must: Eventarc asks again and again while `ingest` does not answer.
_HEARD_MS = 600_000
# A document that says what is wrong was looked at, or corrected since: a correction is heard like any edit, in seconds.
_CORRECTED_MS = 60_000


async def heed_console(held: Held, *, console: Console, runs: Runs) -> Any:
    """The version of its document, which a write over it must find; None where nothing stands there that could be lost.

    Raises Conflict while it holds an edit that ingest may still look at. One that was found wrong is written over after
    a minute, and one that nobody looks at after ten. Raises Stale when the run moved meanwhile."""
    if held.run is None or held.run.mirror is None:
        return None
    written = await console.read(Kind.SCHEDULES, held.run.id)
    if written is None:
        return None
    if not console.edits(written, held.run.mirror) or written.age_ms > _patience_ms(written):
        return written.version
    again = await runs.get(held.run.id)
    if again is None or again.version != held.version:
        # A run and its document are written together, and were read one after the other.
        raise Stale
    raise Conflict(
        "somebody is just editing it in the console: read it again in a minute, and repeat what you want of it"
    )


def _patience_ms(written: Written) -> int:
    return _HEARD_MS if written.fields.get("problem") is None else _CORRECTED_MS

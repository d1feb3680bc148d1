"""What somebody wrote into a schedule's document a moment ago is not lost to whoever edits it by the API."""

from typing import Any

from push.domain.errors import Conflict, Stale
from push.ports import Console, Runs
from push.ports.console import Kind
from push.usecases.hold_schedule import Held


async def heed_console(held: Held, *, console: Console, runs: Runs) -> Any:
    """The version of its document, which a write over it must find; None where nothing stands there that could be lost.

    Raises Conflict while it holds an edit that ingest has not looked at yet; one that was found wrong has its answer.
    Raises Stale when the run moved meanwhile."""
    if held.run is None or held.run.mirror is None:
        return None
    written = await console.read(Kind.SCHEDULES, held.run.id)
    if written is None:
        return None
    if not console.edits(written, held.run.mirror) or written.fields.get("problem") is not None:
        return written.version
    again = await runs.get(held.run.id)
    if again is None or again.version != held.version:
        # A run and its document are written together, and were read one after the other.
        raise Stale
    raise Conflict(
        "somebody edited it in the console just now, and that is being looked at: read it again in a few seconds, and "
        "repeat what you want of it"
    )

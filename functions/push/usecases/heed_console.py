"""What somebody wrote into a document a moment ago is not lost to whoever edits or deletes that by the API.

Each answers the version of the document, which a write over it must find; None where nothing stands there that could be
lost. It raises Conflict while the document holds an edit that ingest may still look at: one that was found wrong is
written over after a minute, and one that nobody looks at after ten. It raises Stale when what is accepted changed
meanwhile.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from push.domain.errors import Conflict, Stale
from push.domain.schedule import Schedule
from push.domain.tag import Tag
from push.domain.template import Template
from push.ports import Console, Runs, Tags, Templates
from push.ports.console import Accepted, Kind, Written
from push.usecases.hold_schedule import Held

# So long an edit waits to be looked at, if it must: Eventarc asks again and again while `ingest` does not answer.
_HEARD_MS = 600_000
# A document that says what is wrong was looked at, or corrected since: a correction is heard like any edit, in seconds.
_CORRECTED_MS = 60_000


async def heed_schedule(held: Held, *, console: Console, runs: Runs) -> Any:
    if held.run is None or held.run.mirror is None:
        return None
    id = held.run.id

    async def mirror() -> Schedule | None:
        found = await runs.get(id)
        return None if found is None else found.value.mirror

    return await _heed(Kind.SCHEDULES, id, held.run.mirror, mirror, console)


async def heed_template(template: Template, *, console: Console, templates: Templates) -> Any:
    async def stored() -> Template | None:
        found = await templates.get(template.id)
        return None if found is None else found.value

    return await _heed(Kind.TEMPLATES, template.id, template, stored, console)


async def heed_tag(tag: Tag, *, console: Console, tags: Tags) -> Any:
    return await _heed(Kind.TAGS, tag.id, tag, lambda: tags.get(tag.id), console)


async def _heed(
    kind: Kind, id: str, accepted: Accepted, again: Callable[[], Awaitable[Accepted | None]], console: Console
) -> Any:
    written = await console.read(kind, id)
    if written is not None and not _unheard(kind, id, written, accepted, console):
        return written.version
    if await again() != accepted:
        # What is accepted and its document are written together, and were read one after the other.
        raise Stale
    if written is None:
        return None
    raise Conflict(
        "somebody is just editing it in the console: read it again in a minute, and repeat what you want of it"
    )


def _unheard(kind: Kind, id: str, written: Written, accepted: Accepted, console: Console) -> bool:
    if not console.edits(written, accepted) or console.said_before(kind, id, written) == accepted:
        return False
    patience_ms = _HEARD_MS if written.fields.get("problem") is None else _CORRECTED_MS
    return written.age_ms <= patience_ms

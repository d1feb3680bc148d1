"""A template that somebody wrote in the console: accepted, edited, or told what is wrong with it.

Senders get what was accepted last, whatever stands beside it by then.
"""

from collections.abc import Callable, Mapping
from typing import Any

from push.domain.account import Caller
from push.domain.audit import Action, AuditSearch
from push.domain.errors import Invalid, PushError, Stale, Unavailable, invalid
from push.domain.ids import plausible
from push.domain.template import Template
from push.ports import Ports
from push.ports.console import Kind, Written
from push.usecases.note_change import note_change
from push.usecases.prepare_template import NewTemplate, prepare_template
from push.usecases.settle_tags import settle_tags
from push.usecases.tell_operator import listed, said, take_back_problem, tell_problem

OURS = frozenset("v id nameKey tagIds createdBy createdAt updatedAt revision accepted state".split())
_STILL = "until this is corrected, senders get it as it was accepted before"
_ATTEMPTS = 20

Reader = Callable[[Mapping[str, Any]], NewTemplate]


async def ingest_template(editor: Caller, id: str, read: Reader, *, ports: Ports) -> None:
    """Until the document says what is accepted, or what is wrong. Raises Unavailable."""
    for _ in range(_ATTEMPTS):
        written = await ports.console.read(Kind.TEMPLATES, id)
        if written is None:
            return await _deleted(editor, id, ports)
        found = await ports.templates.get(id) if plausible(id) else None
        old = found.value if found is not None else None
        try:
            if await _settled(editor, id, written, old, read, ports):
                return None
        except Stale:
            continue  # somebody wrote it just now
    raise Unavailable(f"template {id} is being written by too many at once")


async def _settled(editor: Caller, id: str, written: Written, old: Template | None, read: Reader, ports: Ports) -> bool:
    before = ports.console.said_before(Kind.TEMPLATES, id, written)
    if before is not None:
        await ports.console.write(before, written.version)
        return True
    edits = ports.console.edits(written, old) if old is not None else frozenset(written.fields)
    if old is not None and not edits:
        await take_back_problem(Kind.TEMPLATES, id, written, console=ports.console)
        return True
    if old is not None and not edits - OURS:
        notice = f"{listed(edits)}: put back, since only the system writes that"
        await ports.console.write(old, written.version, notice)
        return True
    now = ports.clock.now()
    try:
        if not plausible(id):
            raise invalid("/id", "must be letters, digits, - and _, and at most 64 of them: add it under another one")
        request = read(said(written.fields, OURS))
        new = await prepare_template(request, id, old.created_by if old else editor.subject, now, ports.tags)
    except Unavailable:
        raise
    except PushError as error:
        still = _STILL if old is not None else ""
        await tell_problem(
            error, Kind.TEMPLATES, id, written, console=ports.console, new=old is None, still=still
        )  # fmt: skip
        return True
    if old is not None:
        new = new.model_copy(update={"created_at": old.created_at, "revision": old.revision + 1})
    await ports.console.write(new, written.version)
    try:
        await settle_tags(new, old, templates=ports.templates, tags=ports.tags)
    except Invalid as error:
        return await _without_its_tags(error, id, ports)
    action = Action.CREATE if old is None else Action.UPDATE
    await note_change(editor, action, "template", id, now, old, new, audit=ports.audit)
    return True


async def _deleted(editor: Caller, id: str, ports: Ports) -> None:
    """It is gone, and with it what it said. The audit gets to know who deleted it, unless it does: events come twice,
    and what the API deletes is in the audit by the same commit."""
    if not plausible(id):
        return
    told, _ = await ports.audit.list(AuditSearch(resource="template", resource_id=id), 1, 0, None)
    if told and told[0].action is not Action.DELETE:
        await note_change(editor, Action.DELETE, "template", id, ports.clock.now(), None, None, audit=ports.audit)


async def _without_its_tags(error: Invalid, id: str, ports: Ports) -> bool:
    """A tag was deleted in that moment, and with it what had just been accepted, or the edit."""
    written = await ports.console.read(Kind.TEMPLATES, id)
    if written is not None:
        await tell_problem(error, Kind.TEMPLATES, id, written, console=ports.console, new=False)
    return True

"""A tag that somebody wrote in the console. What devices and schedules know a tag by never changes; its description
may."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from push.domain.account import Caller
from push.domain.audit import Action, AuditSearch
from push.domain.errors import Conflict, PushError, Stale, Unavailable, invalid
from push.domain.given_tags import given, given_by_keys
from push.domain.ids import plausible
from push.domain.job import JobKind
from push.domain.tag import Tag, TagRef, TagType, tag_key, tag_keys
from push.ports import Ports
from push.ports.console import Kind, Written
from push.usecases.note_change import note_change
from push.usecases.start_job import start_job
from push.usecases.tell_operator import listed, said, take_back_problem, tell_problem

OURS = frozenset("v id key byName byValue accepted state".split())
_FIXED = frozenset({"name", "value", "tagType"})
_ATTEMPTS = 20


class NewTag(NamedTuple):
    type: TagType
    name: str
    value: str
    description: str


Reader = Callable[[Mapping[str, Any]], NewTag]


async def ingest_tag(editor: Caller, id: str, read: Reader, *, ports: Ports) -> None:
    """Until the document says what is accepted, or what is wrong. Raises Unavailable."""
    for _ in range(_ATTEMPTS):
        written = await ports.console.read(Kind.TAGS, id)
        try:
            if written is None:
                return await _deleted(editor, id, ports)
            before = ports.console.said_before(Kind.TAGS, id, written)
            if before is not None:
                return await ports.console.write(before, written.version)
            old = await ports.tags.get(id) if plausible(id) else None
            if old is None:
                return await _accept(editor, id, written, read, ports)
            return await _compare(editor, written, old, read, ports)
        except Stale:
            continue  # somebody wrote it just now
    raise Unavailable(f"tag {id} is being written by too many at once")


async def _accept(editor: Caller, id: str, written: Written, read: Reader, ports: Ports) -> None:
    try:
        if not plausible(id):
            raise invalid("/id", "must be letters, digits, - and _, and at most 64 of them: add it under another one")
        if given([id]):
            raise Conflict("every installation has a tag of this id: delete this one, or add it under another id")
        asked = read(said(written.fields, OURS))
        key = tag_key(asked.type, asked.name, asked.value)
        known = given_by_keys([key]) | await ports.tags.find_many([key])
        if key in known:
            raise Conflict(f"tag {known[key][0].id} has this type, name and value: use it, and delete this one")
        if await ports.jobs.running(JobKind.UNTAG_DEVICES, id) is not None:
            raise Conflict("a tag of this id is just being taken off the devices: add it under another one")
    except Unavailable:
        raise
    except PushError as error:
        await tell_problem(error, Kind.TAGS, id, written, console=ports.console, new=True)
        return
    tag = Tag(id=id, name=asked.name, value=asked.value, type=asked.type, description=asked.description)
    await ports.console.write(tag, written.version)
    await note_change(editor, Action.CREATE, "tag", id, ports.clock.now(), None, tag, audit=ports.audit)


async def _compare(editor: Caller, written: Written, old: Tag, read: Reader, ports: Ports) -> None:
    edits = ports.console.edits(written, old)
    if not edits:
        await take_back_problem(Kind.TAGS, old.id, written, console=ports.console)
        return
    try:
        # Whatever else was edited: what is to stay is looked at as it was.
        asked = read({**said(written.fields, OURS), "name": old.name, "value": old.value, "tagType": old.type.value})
    except PushError as error:
        await tell_problem(error, Kind.TAGS, old.id, written, console=ports.console, new=False)
        return
    tag = old.model_copy(update={"description": asked.description})
    fixed, ours = edits & _FIXED, edits & OURS
    notices = [f"{listed(fixed)}: put back, since that never changes: add another tag"] if fixed else []
    notices += [f"{listed(ours)}: put back, since only the system writes that"] if ours else []
    await ports.console.write(tag, written.version, "; ".join(notices) or None)
    if tag != old:
        await note_change(editor, Action.UPDATE, "tag", old.id, ports.clock.now(), old, tag, audit=ports.audit)


async def _deleted(editor: Caller, id: str, ports: Ports) -> None:
    """It is taken off the devices; if something still goes by it, it is put back, as those call it who know it, and
    described as in the audit."""
    if given([id]) or not plausible(id) or await ports.jobs.running(JobKind.UNTAG_DEVICES, id) is not None:
        return
    used, refs = await _users_of(id, ports)
    carrying = await ports.devices.carrying(id, 1)
    carried = [TagRef(**tag.model_dump()) for device in carrying for tag in device.tags if tag.id == id]
    # Who filters by name and value says no id: it is theirs if it can be no other's.
    named = [ref for ref in refs if ref.id == id or id in tag_keys(ref)] or (refs if len(refs) == 1 else ())
    known = next((ref for ref in [*carried, *named] if ref.name), None)
    if known is None:
        return
    description = await _description(id, ports)
    tag = Tag(
        id=id, name=known.name or "", value=known.value, type=known.type or TagType.USER, description=description
    )  # fmt: skip
    if used:
        await ports.console.write(tag, None, f"put back, since {used} goes by it")
        return
    await start_job(
        JobKind.UNTAG_DEVICES, id, tag.model_dump(mode="json"), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock
    )
    await note_change(editor, Action.DELETE, "tag", id, ports.clock.now(), tag, None, audit=ports.audit)


async def _description(id: str, ports: Ports) -> str:
    """As the audit knows it, "" if it does not: nothing else that goes by a tag says that. An entry tells it, since
    nothing else of a tag can change, and one of a deletion is of another tag that had this id before."""
    told, _ = await ports.audit.list(AuditSearch(resource="tag", resource_id=id), 1, 0, None)
    changes = told[0].changes if told else {}
    return str(changes.get("description", (None, None))[1] or "")


async def _users_of(id: str, ports: Ports) -> tuple[str, tuple[TagRef, ...]]:
    """What goes by it, "" if nothing does, and what that calls its tags."""
    run = await ports.runs.live_with_tag(id)
    if run is not None:
        found = await ports.runs.get(run)
        request = None if found is None else found.value.request
        return f"notification {run}", () if request is None else request.filter_tags
    template = await ports.templates.using_tag(id)
    if template is None:
        return "", ()
    stored = await ports.templates.get(template)
    return f"template {template}", () if stored is None else stored.value.tags

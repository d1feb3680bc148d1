"""A schedule that somebody wrote in the console: accepted, edited, called off, or told what is wrong with it.

The engine trusts only `runs/`. A document without a run is a new schedule; one that says something else than its run's
`mirror` was edited. So events may come twice, late and in any order, and what we write ourselves is no edit.
"""

from collections.abc import Callable, Mapping
from typing import Any

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import PushError, Stale, Unavailable, invalid
from push.domain.ids import plausible
from push.domain.run import Run
from push.domain.schedule import Schedule, State
from push.ports import Ports, Versioned
from push.ports.console import Kind, Written
from push.usecases.arm_run import arm_run
from push.usecases.delete_schedule import delete_schedule
from push.usecases.log_state import log_state
from push.usecases.note_change import note_change
from push.usecases.obey_operator import asked_for, obey
from push.usecases.prepare_schedule import NewSchedule, lives_a_day, prepare_schedule
from push.usecases.read_app import app_in_use
from push.usecases.read_schedule import listed_items
from push.usecases.tell_operator import INVALID, listed, said, take_back_problem, tell_problem
from push.usecases.update_schedule import update_schedule

# What only we write; everything else is for people to say, or refused as unknown.
OURS = frozenset(
    "v id state audience nameKey createdBy createdAt updatedAt sentAt revision receipts counts reason "
    "templateName".split()
)
_AS_NEW = (None, INVALID, State.DRAFT, State.SCHEDULED)
_ATTEMPTS = 20

# What a document's fields ask for. Raises Invalid.
Reader = Callable[[Mapping[str, Any]], NewSchedule]


async def ingest_schedule(editor: Caller, id: str, read: Reader, *, ports: Ports) -> None:
    """Until the document and its run say the same, or the document says what is wrong. Raises Unavailable."""
    for _ in range(_ATTEMPTS):
        written = await ports.console.read(Kind.SCHEDULES, id)
        found = await ports.runs.get(id) if plausible(id) else None
        try:
            if written is None:
                settled = found is None or await _deleted(editor, found, ports)
            elif found is None:
                settled = await _accept(editor, id, written, read, ports)
            else:
                settled = await _compare(editor, found.value, written, read, ports)
        except Stale:
            continue  # somebody wrote it just now
        if settled:
            return
    raise Unavailable(f"schedule {id} is being written by too many at once")


async def _accept(editor: Caller, id: str, written: Written, read: Reader, ports: Ports) -> bool:
    state = written.fields.get("state")
    if isinstance(state, str):
        state = state.strip().casefold()
    if state == State.CANCELLED:
        return True  # called off before anybody had accepted it
    now = ports.clock.now()
    try:
        if not plausible(id):
            raise invalid("/id", "must be letters, digits, - and _, and at most 64 of them: add it under another one")
        if state not in _AS_NEW:
            raise invalid("/state", "is written by the system: write draft to keep it, or delete this field to send it")
        # Whom it was for, if it is a copy: names stand in no document, and without them it would go to everybody.
        copied = {"audience": written.fields["audience"]} if written.fields.get("audience") is not None else {}
        request = read(said(written.fields, OURS) | copied)
        if state == State.DRAFT:
            request = request.model_copy(update={"draft": True})
        app = await app_in_use(request.app, apps=ports.apps)
        made = await prepare_schedule(
            request, app, id, editor.subject, now, tags=ports.tags, templates=ports.templates
        )  # fmt: skip
    except Unavailable:
        raise
    except PushError as error:
        # A state that is wrong stays: with another one in its place the copy of a sent schedule would be sent.
        marked = state in _AS_NEW
        more = {"draft": True} if state == State.DRAFT else {}
        await tell_problem(error, Kind.SCHEDULES, id, written, console=ports.console, new=marked, more=more)
        return True
    await ports.runs.accept(made.schedule, made.run, made.lists, over=written.version)
    log_state(None, made.run)
    await arm_run(made.run, now, tasks=ports.tasks)
    await note_change(
        editor, Action.CREATE, "schedule", id, now, None, made.schedule, audit=ports.audit, app=app.id
    )  # fmt: skip
    return True


async def _compare(editor: Caller, run: Run, written: Written, read: Reader, ports: Ports) -> bool:
    mirror = run.mirror
    if mirror is None:
        return True  # an older release's: nobody knows what it was
    edits = ports.console.edits(written, mirror)
    if not edits:
        await take_back_problem(Kind.SCHEDULES, run.id, written, console=ports.console)
        return True
    command = asked_for(run, written) if "state" in edits else None
    asks = edits - OURS
    if asks and run.state in (State.DRAFT, State.SCHEDULED) and command is not State.CANCELLED:
        # With an edit a draft is sent in one write, or its command would be lost between two.
        sent = command is State.SCHEDULED
        return not await _revise(editor, mirror, written, edits, read, ports, sent=sent)
    if command is not None:
        again = await ports.console.read(Kind.SCHEDULES, run.id)
        if again is None or again.version != written.version:
            # The run was read after the document, and may have moved in between: then nobody asked for anything.
            return False
        await obey(editor, run.id, command, written.version, ports=ports)
        return False
    await ports.console.write(mirror, written.version, _put_back(run, edits, asks, written))
    return False


async def _revise(
    editor: Caller, mirror: Schedule, written: Written, edits: frozenset[str], read: Reader, ports: Ports, sent: bool
) -> bool:
    """Whether it was accepted. What an edit leaves out stays: the names in a list, and a day to live."""
    fields = said(written.fields, OURS)
    kind = mirror.audience.kind.value
    if mirror.audience.listed and not {"aliases", "users"} & fields.keys():
        fields[kind] = list(await listed_items(mirror, ports.runs))
    if "expiresAt" not in edits and lives_a_day(mirror):
        fields.pop("expiresAt", None)
    try:
        await update_schedule(
            editor, mirror.id, read(fields), None, apps=ports.apps, tags=ports.tags, templates=ports.templates,
            schedules=ports.schedules, runs=ports.runs, console=ports.console, tasks=ports.tasks, audit=ports.audit,
            clock=ports.clock, over=written.version, sent=sent,
        )  # fmt: skip
    except Unavailable:
        raise
    except PushError as error:
        still = f"until this is corrected, what was accepted before stays {mirror.state.value}"
        await tell_problem(
            error, Kind.SCHEDULES, mirror.id, written, console=ports.console, new=False, still=still
        )  # fmt: skip
        return False
    return True


async def _deleted(editor: Caller, found: Versioned[Run], ports: Ports) -> bool:
    run = found.value
    if run.removed_at is not None or run.mirror is None:
        return True
    if run.state is State.SENDING:
        notice = "put back, since it is being sent: to stop that, write cancelled into state"
        await ports.runs.put_back(run, notice, found.version)
        return True
    await delete_schedule(
        editor, run.id, None, schedules=ports.schedules, runs=ports.runs, audit=ports.audit, clock=ports.clock
    )  # fmt: skip
    return True


def _put_back(run: Run, edits: frozenset[str], asks: frozenset[str], written: Written) -> str:
    sentences = []
    if asks:
        why = f"since it is {run.state.value}: to send something else, add another schedule"
        sentences.append(f"{listed(asks)}: put back, {why}")
    if "state" in edits:
        wanted = str(written.fields.get("state"))[:40]
        sentences.append(f"state: put back, since it is {run.state.value} and cannot become {wanted!r}")
    if ours := (edits & OURS) - {"state"}:
        sentences.append(f"{listed(ours)}: put back, since only the system writes that")
    return "; ".join(sentences)

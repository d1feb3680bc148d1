"""A draft like another schedule, whatever became of that one."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Conflict
from push.domain.ids import new_id
from push.domain.schedule import DAY_MS, Schedule, State
from push.ports import Apps, Audit, Clock, Runs, Schedules
from push.usecases.check_sender import check_sender
from push.usecases.hold_schedule import hold_schedule
from push.usecases.log_state import log_state
from push.usecases.note_change import note_change
from push.usecases.prepare_schedule import first_run, in_lists
from push.usecases.read_schedule import listed_items
from push.usecases.update_schedule import app_of


async def duplicate_schedule(
    caller: Caller, id: str, *, apps: Apps, schedules: Schedules, runs: Runs, audit: Audit, clock: Clock
) -> tuple[Schedule, tuple[str, ...]]:
    """The copy, and the aliases or users it names. A time to come is copied too; a past one becomes now. Raises
    NotFound, Invalid for what its app no longer allows, Conflict where those that it names have
    expired, Forbidden for what the caller may not ask for itself."""
    original = (await hold_schedule(id, schedules=schedules, runs=runs)).schedule
    check_sender(caller, original)
    app = await app_of(original, apps)
    listed = await listed_items(original, runs)
    if len(listed) < original.audience.listed:
        raise Conflict("whom it was for is no longer kept: post a schedule that names them")
    now = clock.now()
    due = original.send_on > now
    copy = original.model_copy(
        update={
            "id": new_id(),
            "state": State.DRAFT,
            "send_on": original.send_on if due else now,
            "expires_at": original.expires_at if due else now + DAY_MS,
            "created_by": caller.subject,
            "created_at": now,
            "updated_at": now,
            "sent_at": None,
            "counts": None,
            "reason": None,
            "revision": 1,
        }
    )
    run = first_run(copy, app, now)
    await runs.accept(copy, run, in_lists(listed))
    log_state(None, run)
    await note_change(caller, Action.CREATE, "schedule", copy.id, now, None, copy, audit=audit, app=app.id)
    return copy, listed

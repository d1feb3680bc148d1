"""A schedule is removed: it is gone from lists; what it did is kept with its run until that expires."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Conflict, Stale
from push.domain.run import Run
from push.domain.schedule import Schedule, State
from push.ports import Audit, Clock, Runs, Schedules
from push.usecases.hold_schedule import Expected, expect, hold_schedule
from push.usecases.log_state import log_state
from push.usecases.move_run import ended
from push.usecases.note_change import note_change

REMOVED = "removed before it was sent"


async def delete_schedule(
    caller: Caller, id: str, expected: Expected, *, schedules: Schedules, runs: Runs, audit: Audit, clock: Clock
) -> Schedule:
    """Answers it as it was. One that waits is cancelled by the same commit; nothing is dismissed on phones.

    Raises NotFound, Conflict while it is sending, PreconditionFailed when it was edited since a revision that is
    `expected`."""
    while True:
        held = await hold_schedule(id, schedules=schedules, runs=runs)
        if held.run is not None and held.run.state is State.SENDING:
            raise Conflict("the schedule is sending: cancel it first, or wait until it is sent")
        expect(held.schedule.revision, expected)
        now = clock.now()
        try:
            gone = held.run and _ended(held.run, now)
            await runs.remove(id, gone, held.version)
        except Stale:
            continue
        if gone is not None:
            log_state(held.run, gone)
        await note_change(
            caller, Action.DELETE, "schedule", id, now, held.schedule, None, audit=audit, app=held.schedule.app
        )  # fmt: skip
        return held.schedule


def _ended(run: Run, now: int) -> Run:
    if run.state in (State.DRAFT, State.SCHEDULED):
        run = ended(run, State.CANCELLED, REMOVED, now)
    return run.model_copy(update={"removed_at": now})

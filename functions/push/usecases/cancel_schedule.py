"""A schedule is called off: before it is sent, or at the next page of every worker that sends it."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Conflict, Stale
from push.domain.schedule import State
from push.ports import Audit, Clock, Runs, Schedules
from push.usecases.hold_schedule import hold_schedule
from push.usecases.move_run import change_state, ended
from push.usecases.note_change import note_change

CANCELLED = "cancelled by its sender"


async def cancel_schedule(
    caller: Caller, id: str, *, schedules: Schedules, runs: Runs, audit: Audit, clock: Clock
) -> None:
    """A cancelled one stays cancelled. Raises NotFound, Conflict for what has ended otherwise."""
    while True:
        held = await hold_schedule(id, schedules=schedules, runs=runs)
        if held.schedule.state is State.CANCELLED:
            return
        if held.run is None or not (held.run.live or held.run.state in (State.DRAFT, State.HALTED)):
            raise Conflict(f"the schedule is {held.schedule.state.value}: there is nothing left to cancel")
        now = clock.now()
        try:
            cancelled = ended(held.run, State.CANCELLED, CANCELLED, now)
            await change_state(held.run, cancelled, held.version, runs=runs)
        except Stale:
            continue
        after = held.schedule.model_copy(update={"state": State.CANCELLED, "reason": CANCELLED})
        await note_change(
            caller, Action.CANCEL, "schedule", id, now, held.schedule, after, audit=audit, app=after.app
        )  # fmt: skip
        return

"""A schedule together with its run at a version, for a guarded write of both."""

from collections.abc import Collection
from typing import Any, NamedTuple

from push.domain.errors import Conflict, NotFound, PreconditionFailed
from push.domain.ids import plausible
from push.domain.run import Run
from push.domain.schedule import Schedule, State
from push.ports import Runs, Schedules

NO_SUCH_SCHEDULE = "no such schedule"
# Revisions that a caller has seen and wants to change; None: whichever it is.
Expected = Collection[int] | None


class Held(NamedTuple):
    """`schedule` says of its state what its run says; `run` is None once that has expired."""

    schedule: Schedule
    run: Run | None
    version: Any = None


async def hold_schedule(id: str, *, schedules: Schedules, runs: Runs) -> Held:
    """Raises NotFound. The run is read first: whoever writes in between makes a write at `version` fail."""
    found = await runs.get(id) if plausible(id) else None
    if found is not None and found.value.mirror is not None:
        # Not its document, which people edit: what they write there counts when ingest has looked at it.
        if found.value.removed_at is not None:
            raise NotFound(NO_SUCH_SCHEDULE)
        return Held(found.value.mirror, found.value, found.version)
    schedule = await schedules.get(id) if plausible(id) else None
    if schedule is None:
        raise NotFound(NO_SUCH_SCHEDULE)
    if found is None:
        return Held(schedule, None)
    run = found.value
    told = {"state": run.state, "sent_at": run.sent_at, "reason": run.reason}
    return Held(schedule.model_copy(update=told), run, found.version)


def expect(revision: int, expected: Expected) -> None:
    """Raises PreconditionFailed for what was edited since the caller read it."""
    if expected is not None and revision not in expected:
        raise PreconditionFailed("somebody edited it since you read it: read it again, and send its new ETag")


def unsent(held: Held) -> Run:
    """The run of a schedule that may still be edited. Raises Conflict once it is sending or has ended."""
    if held.run is None or held.run.state not in (State.DRAFT, State.SCHEDULED):
        raise Conflict(f"the schedule is {held.schedule.state.value}: it cannot be edited any more, but duplicated")
    return held.run

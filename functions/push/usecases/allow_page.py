"""Whether the next page of a run may be sent, asked anew before each one."""

from typing import NamedTuple

from push.domain.run import Run
from push.domain.schedule import State
from push.ports import Clock, Pace, Runs
from push.usecases.move_run import end_run
from push.usecases.worker import Worker

# A pause that is over so soon is not worth a new task.
_SHORT_S = 2.0


class Allowed(NamedTuple):
    """The run as it is now. `wait_s`: for how long its project still pauses, 0 if it does not; `rested_ms`: for how
    long that was waited for."""

    run: Run
    wait_s: float
    rested_ms: int = 0


async def allow_page(run: Run, *, runs: Runs, pace: Pace, clock: Clock, worker: Worker) -> Allowed | None:
    """For the page about to be sent; None when the run was cancelled, halted or has expired."""
    rested_ms: int | None = None
    while True:
        found, pacing = await pace.look(run.id, run.firebase_project)
        if found is None or found.value.state is not State.SENDING:
            return None
        worker.budget.learn(run.firebase_project, pacing)
        now = clock.now()
        if now >= run.expires_at:
            await end_run(found.value, State.EXPIRED, "expired while it was being sent", runs=runs)
            return None
        wait_s = max(0, (pacing.not_before or 0) - now) / 1000
        if rested_ms is not None or not 0 < wait_s <= _SHORT_S:
            return Allowed(found.value, wait_s, rested_ms or 0)
        await worker.rest(wait_s, clock)
        rested_ms = clock.now() - now

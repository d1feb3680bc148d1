"""Whether the next page of a run may be sent, asked anew before each one."""

from push.domain.run import Run
from push.domain.schedule import State
from push.ports import Clock, Runs
from push.usecases.move_run import end_run


async def allow_page(run: Run, *, runs: Runs, clock: Clock) -> Run | None:
    """The run as it is now, for the page about to be sent; None when it was cancelled, halted or has expired."""
    found = await runs.get(run.id)
    if found is None or found.value.state is not State.SENDING:
        return None
    if clock.now() >= run.expires_at:
        await end_run(found.value, State.EXPIRED, "expired while it was being sent", runs=runs)
        return None
    return found.value

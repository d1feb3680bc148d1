"""The task that makes a run go at its time, where Cloud Tasks reaches that far."""

from push import logs
from push.domain.errors import Unavailable
from push.domain.run import ARM_AHEAD_MS, Run
from push.domain.schedule import State
from push.ports import Tasks


async def arm_run(run: Run, now: int, *, tasks: Tasks) -> None:
    """For a run that has been stored. What lies further ahead is armed by sweep; a draft waits for its sender."""
    if run.state is not State.SCHEDULED or run.send_on - now > ARM_AHEAD_MS:
        return
    try:
        await tasks.send(run.id, run.epoch, run.send_on if run.send_on > now else None)
    except Unavailable as error:
        # Stored is promised: sweep finds the run by its wake_at.
        logs.event("task-not-made", "WARNING", run=run.id, epoch=run.epoch, error=error)

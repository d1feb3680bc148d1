"""The task of `send`: for a run's time, where Cloud Tasks reaches that far, or to hand out more of it."""

from push import logs
from push.domain.errors import Unavailable
from push.domain.run import ARM_AHEAD_MS, Run
from push.domain.schedule import State
from push.ports import Tasks


async def arm_run(run: Run, now: int, *, tasks: Tasks) -> None:
    """For a run that has been stored. What lies further ahead is armed by sweep; a draft waits for its sender."""
    if run.state is not State.SCHEDULED or run.send_on - now > ARM_AHEAD_MS:
        return
    await _arm(run, run.send_on if run.send_on > now else None, tasks)


async def arm_again(run: Run, *, tasks: Tasks) -> None:
    """For a run that has been stored with a new epoch while it is sent: `send` hands out what it may send by now."""
    await _arm(run, None, tasks)


async def _arm(run: Run, at: int | None, tasks: Tasks) -> None:
    try:
        await tasks.send(run.id, run.epoch, at)
    except Unavailable as error:
        # Stored is promised: sweep finds the run by its wake_at.
        logs.event("task-not-made", "WARNING", run=run.id, epoch=run.epoch, error=error)

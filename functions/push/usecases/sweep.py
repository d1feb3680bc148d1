"""One call of sweep: runs and jobs that are due; and where there are more than one call looks at, the next call.

A call that found all it may look at makes a task for the next turn of its minute, until that is over: then Cloud
Scheduler calls anew. Turns are named by their minute and number, so sweeps that run at once go on as one, and a chain
has an end whatever happens.
"""

from typing import NamedTuple

from push import logs
from push.domain.errors import Malformed, Unavailable
from push.domain.pace import Ramp
from push.ports import AudienceStore, Clock, Jobs, Ledger, Runs, Tasks
from push.usecases.look import Looks
from push.usecases.sweep_jobs import sweep_jobs
from push.usecases.sweep_runs import sweep_runs
from push.usecases.tasks import SWEEP, Task

_MINUTE_MS = 60_000
# A turn takes a second and more. Where the clock says otherwise, it is wrong.
_MOST_TURNS = 100


class Turn(NamedTuple):
    """Of the sweep that was called in that minute since the epoch."""

    minute: int
    number: int = 0


class Swept(NamedTuple):
    """`more`: there are due ones that this call did not look at, or there may be; `goes_on`: a task sees to them."""

    runs: Looks
    jobs: Looks
    more: bool
    goes_on: bool = False


def first_turn(clock: Clock) -> Turn:
    return Turn(clock.now() // _MINUTE_MS)


def turn_of(task: Task) -> Turn | None:
    """None for a task of something else. Raises Malformed."""
    if task.run != SWEEP:
        return None
    if not task.shard.isdecimal():
        raise Malformed("a task of sweep names a minute")
    return Turn(int(task.shard), task.epoch)


async def sweep(
    turn: Turn,
    *,
    clock: Clock,
    runs: Runs,
    ledger: Ledger,
    audience: AudienceStore,
    jobs: Jobs,
    tasks: Tasks,
    ramp: Ramp,
    lease_s: float,
    dry: bool = False,
) -> Swept:
    """`dry`, nothing is written and no task made. Raises Unavailable where it cannot be known what is due."""
    looked = await sweep_runs(
        clock=clock, runs=runs, ledger=ledger, audience=audience, tasks=tasks, ramp=ramp, lease_s=lease_s, dry=dry
    )  # fmt: skip
    worked = await sweep_jobs(jobs=jobs, tasks=tasks, clock=clock, dry=dry)
    swept = Swept(looked, worked, more=looked.full or worked.full)
    over = clock.now() // _MINUTE_MS > turn.minute or turn.number >= _MOST_TURNS
    if dry or over or not (looked.goes_on or worked.goes_on):
        return swept
    try:
        await tasks.sweep(turn.minute, turn.number + 1)
    except Unavailable as error:
        logs.event("sweep-not-continued", "WARNING", error=error)
        return swept
    return swept._replace(goes_on=True)

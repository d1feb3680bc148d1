"""Moving a run on, whoever else writes it meanwhile."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from push.domain.errors import Stale, Unavailable
from push.domain.run import WATCH_MS, Run
from push.domain.schedule import State
from push.ports import Runs
from push.usecases.log_state import log_state

_ATTEMPTS = 20


async def change_state(before: Run, after: Run, version: Any, *, runs: Runs) -> None:
    """The guarded write of a run whose state may change by it, and the line that says so. Raises Stale when the run is
    not at `version` any more."""
    await runs.move(after, version)
    log_state(before, after)


async def move_run(run: str, change: Callable[[Run], Run | None], *, runs: Runs) -> Run | None:
    """Applies `change` to the run as it is, again when somebody wrote in between; None from it leaves all as it is.

    Answers the run as it is then, None if there is none. Raises Unavailable if others keep writing it."""
    for attempt in range(_ATTEMPTS):
        found = await runs.get(run)
        if found is None:
            return None
        changed = change(found.value)
        if changed is None:
            return found.value
        try:
            await change_state(found.value, changed, found.version, runs=runs)
        except Stale:
            await asyncio.sleep(0.01 * attempt * random.random())  # noqa: S311
            continue
        return changed
    raise Unavailable(f"run {run} is being written by too many at once")


async def end_run(
    run: Run, state: State, reason: str, *, runs: Runs, if_still: Callable[[Run], bool] = lambda _: True
) -> None:
    """Ends or halts a run that is being sent; workers see it before their next page. Sweep sums up when they have.

    `run` is as it was read: one that was resumed since is left alone, and so is one that is not `if_still` so."""
    now = await runs.now()

    def end(current: Run) -> Run | None:
        same = current.live and current.resumed_at == run.resumed_at and if_still(current)
        return ended(current, state, reason, now) if same else None

    await move_run(run.id, end, runs=runs)


def ended(run: Run, state: State, reason: str, now: int) -> Run:
    """A run that ends, or is halted, without having been sent to its end. What workers have done by then is summed up
    by sweep, when they have noticed."""
    wake_at = now + WATCH_MS if run.state in (State.SENDING, State.HALTED) else None
    return run.model_copy(update={"state": state, "reason": reason, "ended_at": now, "wake_at": wake_at})

"""Moving a run on, whoever else writes it meanwhile."""

from collections.abc import Callable

from push import logs
from push.domain.errors import Stale
from push.domain.run import Run
from push.domain.schedule import State
from push.ports import Runs


async def move_run(run: str, change: Callable[[Run], Run | None], *, runs: Runs) -> Run | None:
    """Applies `change` to the run as it is, again when somebody wrote in between; None from it leaves all as it is.

    Answers the run as it is then, None if there is none."""
    while True:
        found = await runs.get(run)
        if found is None:
            return None
        changed = change(found.value)
        if changed is None:
            return found.value
        try:
            await runs.move(changed, found.version)
        except Stale:
            continue
        return changed


async def end_run(run: str, state: State, reason: str, *, runs: Runs) -> None:
    """Ends a run that is being sent; workers see it before their next page."""

    def end(current: Run) -> Run | None:
        if not current.live:
            return None
        return current.model_copy(update={"state": state, "reason": reason, "wake_at": None})

    await move_run(run, end, runs=runs)
    logs.event("run-ended", "WARNING", run=run, state=state.value, reason=reason)

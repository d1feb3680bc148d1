"""One line for each change of a run's state that really happened, whoever made it."""

from typing import Any

from push import logs
from push.domain.run import Run
from push.domain.schedule import State

_TROUBLE = (State.HALTED, State.EXPIRED, State.FAILED)


def log_state(before: Run | None, after: Run) -> None:
    """To be called once `after` is stored; `before` is what it took the place of, None for a new run. Nothing is said
    where the state stayed. Belongs to the run's trace, whoever changed it.

    `late_ms`: how long after its `send_on` sending began; `took_ms`: from then until it ended. `counts` are known once
    they are summed up: of what was called off or halted, that is later."""
    if before is not None and before.state is after.state:
        return
    said: dict[str, Any] = {
        "run": after.id,
        "schedule": after.schedule,
        "app": after.app,
        "from": before and before.state.value,
        "to": after.state.value,
        "reason": after.reason,
        "counts": after.counts,
        "shards": after.planned or None,
        "estimate": after.estimate,
    }
    if after.started_at is not None:
        said["late_ms"] = after.started_at - after.send_on
        said["took_ms"] = None if after.ended_at is None else after.ended_at - after.started_at
    with logs.followed(after.traceparent):
        logs.event(
            "run-state",
            "WARNING" if after.state in _TROUBLE else "INFO",
            **{name: value for name, value in said.items() if value is not None or name == "from"},
        )

"""For how long FCM has refused fresh access tokens: a bad moment passes, a wrong credential does not."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from push.domain.outcome import ACCEPTED, FIRST_BACKOFF_S, UNAUTHENTICATED, Kind, Outcome

# So long may a bad moment last. A run that is halted waits for a person.
PATIENCE_S = 30.0
# Who was not refused for so long, nor sent anything, was refused for another reason before.
_FORGET_S = 300.0
_LATER = Outcome(Kind.RETRY, UNAUTHENTICATED, FIRST_BACKOFF_S)


class _Refused(NamedTuple):
    first: float
    last: float


class Refusals:
    """By project, as this process has seen them."""

    def __init__(self, patience_s: float = PATIENCE_S, now: Callable[[], float] = time.monotonic) -> None:
        self._patience_s = patience_s
        self._now = now
        self._refused: dict[str, _Refused] = {}

    def judged(self, project: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """A refused token is something to wait for, until it has been refused for `patience_s` and nothing was accepted
        in between: then it is MISCONFIGURED."""
        if ACCEPTED in outcomes:
            self._refused.pop(project, None)
        if not any(outcome.code == UNAUTHENTICATED for outcome in outcomes):
            return [*outcomes]
        now = self._now()
        before = self._refused.get(project)
        first = now if before is None or now - before.last > _FORGET_S else before.first
        self._refused[project] = _Refused(first, now)
        if now - first >= self._patience_s:
            return [*outcomes]
        return [_LATER if outcome.code == UNAUTHENTICATED else outcome for outcome in outcomes]

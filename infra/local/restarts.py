"""When a part that died is started again."""

from collections import deque

WINDOW = 60.0  # seconds
MOST_DEATHS = 5
STEADY = 5.0  # seconds; a part that answered for so long did not die "at once"
FIRST_PAUSE = 0.25  # seconds, doubled with every death at once


class Restarts:
    """Restarts a part that ran well at once, one that dies again and again ever later, and gives up in the end."""

    def __init__(self) -> None:
        self._deaths: deque[float] = deque(maxlen=MOST_DEATHS)

    def pause(self, now: float, answered_for: float) -> float | None:
        """Seconds to wait before the next start; None when five deaths within a minute say that it is no use.

        `answered_for` is how many seconds it had answered before it died at `now` (s).
        """
        if answered_for >= STEADY:
            self._deaths.clear()
            return 0.0
        self._deaths.append(now)
        recent = [death for death in self._deaths if now - death <= WINDOW]
        return None if len(recent) >= MOST_DEATHS else FIRST_PAUSE * 2.0 ** (len(recent) - 1)

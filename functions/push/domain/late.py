"""How late is late: once after some patience, then each time that it is twice as late as before."""


def newly_late(due_at: int, patience_ms: int, before: int, now: int) -> int | None:
    """Something that should have happened at `due_at` was last looked at `before`, and is now (all ms).

    How often its lateness has doubled since it passed the patience (0 for not once), if it has passed that mark between
    the two looks; else None. So whoever looks at any times acts once for each mark, and a few times a day."""
    times = _doubled(now - due_at, patience_ms)
    return None if times == _doubled(before - due_at, patience_ms) else times


def _doubled(late_ms: int, patience_ms: int) -> int | None:
    return None if late_ms < patience_ms else (late_ms // patience_ms).bit_length() - 1

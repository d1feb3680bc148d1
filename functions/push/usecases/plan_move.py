"""What sweep is to do about a run: decided from what was read, before anything is done, so that it can be said instead.

Nothing here waits, reads or writes; `sweep_runs` does what a move says.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from push.domain.late import newly_late
from push.domain.pace import Ramp
from push.domain.run import ARM_AHEAD_MS, WATCH_MS, Run, wake_for
from push.domain.schedule import State
from push.domain.shard import Shard
from push.ports import Versioned
from push.usecases.move_run import ended
from push.usecases.start_run import start_times

# While others are being sent, who has not begun yet most likely waits in the queue behind them.
LOST_MS = 180_000
# More than lateness can double in a run's life.
_MARKS = 64
LATER = "look again later"


class Open(NamedTuple):
    """What counts of a shard that is not done. `next_at`: when it is to go on (ms). An orphan was begun by a worker
    that has not written for `silent_ms`, and holds it no more."""

    id: str
    next_at: int
    held: bool
    orphaned: bool
    silent_ms: int
    beats: int


class Seen(NamedTuple):
    """Of a run that is being sent: the planned shards that exist, and those of all that are open."""

    planned: frozenset[str]
    open: Sequence[Open]


class After(Enum):
    MARK_SENT = "mark sent"
    SUM_UP = "sum up"


class Move(NamedTuple):
    """`words` say it to people. In this order: tasks for the shards in `beside`, now, each with a number that tells
    it from the shard's others; the guarded write of `run`; the run's own task at `send_at` (ms); tasks for `shards` at
    their times, in the run's epoch; and what comes `after`."""

    words: Sequence[str]
    run: Run | None = None
    send_at: int | None = None
    shards: Mapping[str, int] = {}
    beside: Mapping[str, int] = {}
    after: After | None = None


def of_scheduled(run: Run, now: int) -> Move:
    """Late, or far ahead and now near enough for Cloud Tasks. The old task, if any, must not act any more."""
    if now >= run.expires_at:
        return Move(["expire"], ended(run, State.EXPIRED, "expired before it was sent", now))
    update: dict[str, object] = {"wake_at": wake_for(run.send_on, now)}
    if run.send_on - now > ARM_AHEAD_MS:
        return Move([LATER], run.model_copy(update=update))
    run = run.model_copy(update=update | {"epoch": run.epoch + 1})
    return Move(["re-arm task" if run.send_on <= now else "arm"], run, send_at=run.send_on)


def of_halted(run: Run, now: int) -> Move:
    """Nobody resumed it in time; why it was halted is still what matters."""
    reason = f"expired while it was halted. {run.reason or ''}".strip()
    return Move(["expire"], ended(run, State.EXPIRED, reason, now))


def of_finished() -> Move:
    return Move(["finish"], after=After.MARK_SENT)


def of_ended(run: Run, held: bool, now: int) -> Move:
    """`held`: a worker still has a page to finish."""
    return Move([LATER], later(run, now)) if held else Move([After.SUM_UP.value], after=After.SUM_UP)


def of_sending(run: Run, seen: Seen, now: int, ramp: Ramp) -> Move:
    """Whatever has no task any more gets one.

    Where nobody works, all that is late has lost its task: everything that is not done gets one of a new epoch. Where
    somebody does, only what has been late for longer than waiting in a queue takes gets one more beside its own, and
    the next one when it is twice as late: a thousand that do wait get a few each in a day."""
    if now >= run.expires_at:
        return Move(["expire"], ended(run, State.EXPIRED, "expired while it was being sent", now))
    # While the canary is out, it is the only one that is due.
    times = start_times(run, ramp)
    missing = {shard: at for shard, at in times.items() if shard not in seen.planned}
    open_ = {each.id: max(each.next_at, run.resumed_at or 0, times.get(each.id, 0)) for each in seen.open}
    if any(each.held for each in seen.open):
        return _beside(run, seen, missing, open_, now)
    late = sum(at + WATCH_MS < now for at in missing.values())
    stuck = sum(at + WATCH_MS < now for at in open_.values())
    if not late and not stuck:
        return Move([LATER], later(run, now))
    armed = later(run, now).model_copy(update={"epoch": run.epoch + 1})
    shards = missing | {shard: max(now, at) for shard, at in open_.items()}
    return Move(_words(len(missing), len(open_)), armed, shards=shards)


def _beside(run: Run, seen: Seen, missing: Mapping[str, int], open_: Mapping[str, int], now: int) -> Move:
    # The last look but one: where Cloud Tasks did not answer the last one, this one asks again, for the same tasks.
    # (Who moves a run that is being sent makes it wake WATCH_MS later.)
    before = min(now, run.wake_at or now) - 2 * WATCH_MS
    late: dict[str, int] = {}
    for shard, at in missing.items():
        if (times := newly_late(at, LOST_MS, before, now)) is not None:
            late[shard] = at + times
    begun = len(late)
    for each in seen.open:
        # A halt lets all go at once, and resuming arms them.
        silent_since = max(now - each.silent_ms, run.resumed_at or 0)
        since, patience = (silent_since, WATCH_MS) if each.orphaned else (open_[each.id], LOST_MS)
        if not each.held and (times := newly_late(since, patience, before, now)) is not None:
            # It grows with each commit; and a shard that pauses names its own tasks by numbers far below a moment's.
            late[each.id] = each.next_at + _MARKS * each.beats + times
    return Move(_words(begun, len(late) - begun) or [LATER], later(run, now), beside=late)


def later(run: Run, now: int) -> Run:
    return run.model_copy(update={"wake_at": now + WATCH_MS})


def open_of(found: Versioned[Shard], lease_s: float) -> Open:
    shard = found.value
    held = shard.worker is not None and found.age_ms <= 1000 * lease_s
    orphaned = not held and shard.attempt > 0 and not shard.resume_at
    return Open(shard.id, shard.next_at, held, orphaned, found.age_ms, shard.beats)


def _words(begun: int, again: int) -> list[str]:
    words = [f"hand out {_shards(begun)}"] if begun else []
    return [*words, f"re-queue {_shards(again)}"] if again else words


def _shards(count: int) -> str:
    return f"{count:,} shard" + ("" if count == 1 else "s")

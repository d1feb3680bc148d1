"""A page of targets, and what is kept of it once every target has its outcome."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from push.domain.device import Target
from push.domain.outcome import FAILED, GIVE_UP_S, Kind, Outcome, backoff_s
from push.domain.run import Run
from push.domain.schedule import OnUnknown
from push.domain.shard import Shard

GAVE_UP = "RETRIES_EXHAUSTED"
TOO_LATE = "EXPIRED"


class Entry(NamedTuple):
    """One place in a shard's order. `position` sorts like the order; `target` is None where nobody is.

    `device` is the key of its device's document, `device_id` what clients know it by. `version` is the target's as it
    was read, so that it is only ever deleted unchanged; read through its device it has none, but `read_at` (ms).
    `note` says why there is no target, if it is not simply that nobody is there, or why it is not sent to; `named` is
    the alias or user of a list that it was looked for by. `endpoint` is under which address Amazon SNS knows it, if
    that was read. `in_doubt`: it was tried before, and nobody knows whether FCM took it.
    """

    position: str
    key: str
    target: Target | None
    device: str = ""
    device_id: str = ""
    version: Any = None
    read_at: int = 0
    note: str = ""
    named: str = ""
    endpoint: str = ""
    in_doubt: bool = False


UNREADABLE = "UNREADABLE"
NO_TARGET = "NO_TARGET"
STALE = "STALE"
NO_SENDER = "NO_SENDER"
HALTED = "HALTED"
# Codes of REJECTED that are ours.
OWN_CODES = frozenset({UNREADABLE, NO_SENDER, HALTED})
# Ours as well, of UNKNOWN: who was in doubt could not be tried again; the run ended, or they are gone.
NOT_TRIED_AGAIN = "NOT_TRIED_AGAIN"


class Leftover(NamedTuple):
    """A target to be tried again. `in_doubt`: it was tried before, and nobody knows whether FCM took it."""

    key: str
    in_doubt: bool = False


class Failure(NamedTuple):
    """A target that did not get its message, as people look it up: never with its token. `named`: the alias or user
    that the notification was for, where that has no target."""

    target: str
    device: str
    platform: str
    kind: str
    code: str
    named: str = ""


class Settled(NamedTuple):
    """A page's results: `leftovers` are to be tried again, none of them before `due` (ms)."""

    counts: dict[str, int]
    reasons: dict[str, int]
    failures: list[Failure]
    leftovers: list[Leftover]
    due: int
    dead: list[Entry]


def nobody(device_key: str) -> str:
    """What a failure goes by where an alias has no target."""
    return f"device-{device_key}"


def settle(
    run: Run, shard: Shard, entries: Sequence[Entry], outcomes: Sequence[Outcome], now: int, jitter: float
) -> Settled:
    """One outcome a target, into what is counted, recorded and tried again. Who was in doubt stays so until somebody
    has answered for good: that nothing was sent now says nothing of what was sent before."""
    settled = Settled({}, {}, [], [], 0, [])
    due = accepted = 0
    for entry, outcome in zip(entries, outcomes, strict=True):
        if outcome.kind is Kind.ACCEPTED:
            accepted += 1
            continue
        final = outcome
        if outcome.refuses_project:
            # The run is halted: they are tried again when it is resumed.
            settled.leftovers.append(Leftover(entry.key, entry.in_doubt))
            due = max(due, now)
            continue
        in_doubt = entry.in_doubt or outcome.kind is Kind.UNKNOWN
        if outcome.kind is Kind.RETRY or (outcome.kind is Kind.UNKNOWN and run.on_unknown is OnUnknown.RESEND):
            wait_s = max(outcome.after_s * (1 + jitter / 4), backoff_s(shard.generation, jitter))
            at = now + int(1000 * wait_s)
            ended = _ended(run, shard, at)
            if ended is None:
                settled.leftovers.append(Leftover(entry.key, in_doubt))
                due = max(due, at)
                continue
            final = Outcome(Kind.EXPIRED, ended)
        if in_doubt and _unsent(final):
            final = Outcome(Kind.UNKNOWN, GAVE_UP if final.code == GAVE_UP else NOT_TRIED_AGAIN)
        kind = final.kind.value
        settled.counts[kind] = settled.counts.get(kind, 0) + 1
        if final.kind in FAILED:
            code = final.code or kind
            settled.reasons[code] = settled.reasons.get(code, 0) + 1
            settled.failures.append(failure_of(entry, final))
        if final.kind is Kind.DEAD:
            settled.dead.append(entry)
    if accepted:
        settled.counts[Kind.ACCEPTED.value] = accepted
    return settled._replace(due=due)


def _unsent(outcome: Outcome) -> bool:
    """Whether it only says why nothing was sent. (Who has no sender has had none before, unless a release took it away
    since.)"""
    if outcome.kind is Kind.REJECTED:
        return outcome.code in (UNREADABLE, HALTED)
    return outcome.kind in (Kind.NO_DEVICE, Kind.STALE, Kind.EXPIRED)


def _ended(run: Run, shard: Shard, at: int) -> str | None:
    """Why no retry may happen at `at`, if none may (FCM, *Best practices*: give up 60 minutes after the first try). The
    time for which a run was halted does not count."""
    if at >= run.expires_at:
        return TOO_LATE
    return GAVE_UP if at >= max(shard.since, run.resumed_at or 0) + int(1000 * GIVE_UP_S) else None


def failure_of(entry: Entry, outcome: Outcome) -> Failure:
    """What is recorded of a target that did not get its message."""
    target = entry.key or nobody(entry.device)
    if entry.target is None:
        return Failure(target, entry.device_id, "", outcome.kind.value, outcome.code, entry.named)
    return Failure(target, entry.device_id, entry.target.platform.value, outcome.kind.value, outcome.code)

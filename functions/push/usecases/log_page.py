"""What became of shards; and of a page whose worker has died or lost its lease, or of whose messages nobody knows, for
whoever asks why a phone rang twice, or never."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from push import logs
from push.domain.canary import CANARY
from push.domain.outcome import Kind, Outcome
from push.domain.run import Run
from push.domain.shard import Shard


def log_page(name: str, shard: Shard, silent_ms: int | None = None) -> None:
    """The page lies between two positions of its shard: after `after`, up to `end`. `silent_ms` is for how long nobody
    had heard of its worker; None where that had let it go."""
    if shard.page is not None:
        logs.event(
            name, "WARNING", run=shard.run, shard=shard.id, attempt=shard.attempt, after=shard.cursor,
            end=shard.page.end, targets=shard.page.size, silent_ms=silent_ms,
        )  # fmt: skip


def log_given_up(shard: Shard, in_doubt: int) -> None:
    """The shard's run has ended with its page open, or with some `in_doubt` who were to be tried again."""
    log_page("page-given-up", shard)
    if in_doubt:
        logs.event("leftovers-given-up", "WARNING", run=shard.run, shard=shard.id, targets=in_doubt)


def log_lost_answers(shard: Shard, outcomes: Sequence[Outcome]) -> None:
    """How many messages of the shard's last page FCM may have taken or not, and by which codes."""
    codes = Counter(outcome.code for outcome in outcomes if outcome.kind is Kind.UNKNOWN)
    if codes:
        logs.event(
            "answers-lost", "WARNING", run=shard.run, shard=shard.id, page=shard.pages, targets=codes.total(),
            codes=dict(codes),
        )  # fmt: skip


def log_first_page(run: Run, shard: Shard, now: int) -> None:
    """The first page of the shard that goes first is handed to FCM: how long after its run's time. Said again where a
    worker died in that page."""
    if shard.id == (CANARY if run.canary else "0"):
        logs.event(
            "run-first-page", run=run.id, shard=shard.id, attempt=shard.attempt, late_ms=now - run.send_on,
            targets=shard.page.size if shard.page else 0,
        )  # fmt: skip


class Worked(NamedTuple):
    """What one worker did with a shard. Of its `targets`, `put_off` are to be tried again; of its time, it waited for
    its turn for `waited_ms`. `quota_ms`: for how long its messages to FCM would use all of its project's quota."""

    took_s: float
    targets: int
    put_off: int
    waited_ms: int
    quota_ms: float


def log_shard(shard: Shard, end: str, project: str, worked: Worked) -> None:
    """A worker is through with a shard: `end` is done, paused (until when its project or quota allows it again) or
    let-go. Pages and counts are the whole shard's."""
    until: dict[str, Any] = {"until": shard.resume_at} if end == "paused" else {}
    took_s, targets = worked.took_s, worked.targets
    logs.event(
        "shard-done", run=shard.run, shard=shard.id, project=project, end=end, attempt=shard.attempt,
        source=shard.source.value, pages=shard.pages, counts=dict(shard.counts), targets=targets,
        put_off=worked.put_off, took_ms=round(1000 * took_s),
        targets_per_s=round(targets / took_s) if took_s > 0 else None, waited_ms=worked.waited_ms,
        quota_ms=round(worked.quota_ms), **until,
    )  # fmt: skip

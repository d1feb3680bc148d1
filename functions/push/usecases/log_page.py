"""What became of a page whose worker has died or lost its lease, or of whose messages nobody knows, for whoever asks
why a phone rang twice, or never."""

from collections import Counter
from collections.abc import Sequence

from push import logs
from push.domain.outcome import Kind, Outcome
from push.domain.run import Shard


def log_page(name: str, shard: Shard, silent_ms: int | None = None) -> None:
    """The page lies between two positions of its shard: after `after`, up to `end`. `silent_ms` is for how long nobody
    had heard of its worker; None where that had let it go."""
    if shard.page is not None:
        logs.event(
            name, "WARNING", run=shard.run, shard=shard.id, attempt=shard.attempt, after=shard.cursor,
            end=shard.page.end, targets=shard.page.size, silent_ms=silent_ms,
        )  # fmt: skip


def log_lost_answers(shard: Shard, outcomes: Sequence[Outcome]) -> None:
    """How many messages of the shard's last page FCM may have taken or not, and by which codes."""
    codes = Counter(outcome.code for outcome in outcomes if outcome.kind is Kind.UNKNOWN)
    if codes:
        logs.event(
            "answers-lost", "WARNING", run=shard.run, shard=shard.id, page=shard.pages, targets=codes.total(),
            codes=dict(codes),
        )  # fmt: skip

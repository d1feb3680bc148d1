"""What became of a page whose worker has died or lost its lease, for whoever asks why a phone rang twice, or never."""

from push import logs
from push.domain.run import Shard


def log_page(name: str, shard: Shard) -> None:
    """The page lies between two positions of its shard: after `after`, up to `end`."""
    if shard.page is not None:
        logs.event(
            name, "WARNING", run=shard.run, shard=shard.id, attempt=shard.attempt, after=shard.cursor,
            end=shard.page.end, targets=shard.page.size,
        )  # fmt: skip

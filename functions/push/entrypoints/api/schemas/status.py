"""The status of everything as we answer it."""

from push.domain.status import Status
from push.entrypoints.api.schemas.wire import Answer


class QueueOut(Answer):
    """`tasks` that wait, run or are tried again, as Cloud Tasks estimates; `dueForMs`: for how long the first of them
    has been due, 0 if it is not."""

    tasks: int
    due_for_ms: int


class QueuesOut(Answer):
    send: QueueOut | None
    deliver: QueueOut | None
    urgent: QueueOut | None
    work: QueueOut | None


class RunsOut(Answer):
    """Notifications: `due` for `sweep` to look at; `late`: not begun a minute after their time; being sent; halted.
    Null: more than are counted."""

    due: int | None
    late: int | None
    sending: int | None
    halted: int | None


class OutcomesOut(Answer):
    """What FCM, and Amazon SNS, said of targets: of the `ended` notifications whose sending ended since then (the last
    hour, and up to ten minutes more), and of the `sending` ones that are being sent, from their beginning."""

    since: int
    ended: int
    sending: int
    targeted: int
    accepted: int
    failed: int
    reasons: dict[str, int]


class UnfinishedOut(Answer):
    """`shard` is null where nobody has begun it."""

    run: str
    shard: str | None
    due_since: int


class VersionsOut(Answer):
    api: str
    revision: str
    data_format: int
    python: str


class StatusOut(Answer):
    """A part that cannot be had is null, and `notes` say why, by its name."""

    as_of: int
    queues: QueuesOut
    runs: RunsOut | None
    outcomes: OutcomesOut | None
    oldest_unfinished_shard: UnfinishedOut | None
    versions: VersionsOut
    notes: dict[str, str]


def status_out(status: Status, versions: VersionsOut) -> StatusOut:
    queues = {name: depth and QueueOut(**depth._asdict()) for name, depth in status.queues.items()}
    oldest = status.oldest_unfinished
    return StatusOut(
        as_of=status.as_of,
        queues=QueuesOut(**queues),
        runs=status.runs and RunsOut(**status.runs._asdict()),
        outcomes=status.outcomes and OutcomesOut(**status.outcomes._asdict()),
        oldest_unfinished_shard=oldest
        and UnfinishedOut(run=oldest.run, shard=oldest.shard or None, due_since=oldest.due_since),
        versions=versions,
        notes=dict(status.notes),
    )

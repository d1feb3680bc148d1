"""One schedule, as it stands: the run knows better than its mirror, and the ledger better than the run."""

from typing import NamedTuple

from push.domain.errors import NotFound
from push.domain.ids import plausible
from push.domain.schedule import Schedule, State
from push.domain.shard import Counts
from push.ports import Ledger, Runs, Schedules


class Progress(NamedTuple):
    """Shards: those that are done, and all that there are so far."""

    done: int
    total: int


class Standing(NamedTuple):
    """A schedule with what its run and ledger say of it. `counts` by kind of outcome, `reasons` by code;
    `listed` are the aliases or users that it names."""

    schedule: Schedule
    counts: Counts
    reasons: Counts
    progress: Progress | None = None
    estimate: int | None = None
    listed: tuple[str, ...] = ()


async def read_schedule(id: str, *, schedules: Schedules, runs: Runs, ledger: Ledger) -> Standing:
    """Raises NotFound."""
    found = await runs.get(id) if plausible(id) else None
    if found is not None and found.value.removed_at is None and found.value.mirror is not None:
        schedule: Schedule | None = found.value.mirror
    else:
        schedule = await schedules.get(id) if plausible(id) else None
    if schedule is None:
        raise NotFound("no such schedule")
    listed = await listed_items(schedule, runs)
    if found is None:
        return Standing(schedule, schedule.counts or {}, {}, listed=listed)
    run = found.value
    schedule = schedule.model_copy(update={"state": run.state, "sent_at": run.sent_at, "reason": run.reason})
    if run.counts is not None:
        return Standing(schedule, run.counts, run.reasons or {}, estimate=run.estimate, listed=listed)
    if not run.shards:
        return Standing(schedule, {}, {}, None, run.estimate, listed)
    sums = await ledger.sums(id)
    progress = Progress(sums.done, run.planned + sums.leftovers) if run.state is State.SENDING else None
    return Standing(schedule, sums.counts, sums.reasons, progress, run.estimate, listed)


async def listed_items(schedule: Schedule, runs: Runs) -> tuple[str, ...]:
    """The aliases or users that it names, () where it means everybody."""
    lists = [await runs.list_items(schedule.id, str(number)) for number in range(schedule.audience.lists)]
    return tuple(item for items in lists for item in items)

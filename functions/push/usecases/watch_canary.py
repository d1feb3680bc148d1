"""The canary as it is sent: its outcomes as they come, and what is decided by them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from push import logs
from push.domain.canary import CANARY, Evidence, Refusal, enough, refusal
from push.domain.halting import canary_refused
from push.domain.keyspace import KeyRange
from push.domain.outcome import SENDER_ID_MISMATCH, Kind, Outcome
from push.domain.page import NOT_TRIED_AGAIN, OWN_CODES, Entry
from push.domain.run import WATCH_MS, Run
from push.domain.schedule import State
from push.domain.shard import WORKER_DIED, Shard
from push.ports import AudienceStore, Ledger, Runs, Tasks, Watch
from push.usecases.arm_run import arm_again
from push.usecases.move_run import end_run, move_run
from push.usecases.send_page import rejected_by_fcm

_INHERITED = "before"
_SAYS_NOTHING = OWN_CODES | {WORKER_DIED, NOT_TRIED_AGAIN}


class Canary:
    """Decides once: as soon as 95 % of its targets have an outcome, in the middle of a page too, or at its end. To be
    tried again later is no outcome: if there is nothing else, those who are tried again are the canary."""

    def __init__(self, run: Run, shard: Shard, expected: int | None, *, runs: Runs, tasks: Tasks) -> None:
        self._run = run
        self._runs = runs
        self._tasks = tasks
        self._expected = expected
        self._seen = sum(shard.counts.values())
        self._accepted: Counter[str] = Counter({_INHERITED: shard.counts.get(Kind.ACCEPTED.value, 0)})
        self._rejected: dict[str, Counter[str]] = {_INHERITED: _rejected_before(shard)}
        self._refused = False
        self._enough = asyncio.Event()
        self._deciding = asyncio.create_task(self._decide())

    def page(self, entries: Sequence[Entry]) -> Watch:
        """Sees the outcomes of a page about to be sent, by their place, each once."""
        known: set[int] = set()

        def see(place: int, outcome: Outcome) -> None:
            if place in known:
                return
            known.add(place)
            self._see(entries[place], outcome)
            if enough(self._seen, self._expected):
                self._enough.set()

        return see

    async def page_over(self, watch: Watch, outcomes: Sequence[Outcome]) -> None:
        """All of a page's outcomes. Where FCM rejected every one so far, the rest of the canary is spared."""
        for place, outcome in enumerate(outcomes):
            watch(place, outcome)
        if not self._accepted.total() and self._verdict() is not None:
            await self.decided()

    async def over(self, again: bool) -> None:
        """At the end of its shard, `again` if some of it go on in a list of their own."""
        if not again or self._accepted.total() or self._refused or any(c.total() for c in self._rejected.values()):
            await self.decided()

    async def decided(self) -> None:
        """Returns once the run goes on to the others, or is halted; decides by what is known, if need be."""
        self._enough.set()
        await self._deciding

    async def close(self) -> None:
        """Nothing is decided any more."""
        self._deciding.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._deciding

    def _see(self, entry: Entry, outcome: Outcome) -> None:
        self._seen += outcome.kind is not Kind.RETRY
        platform = entry.target.platform.value if entry.target else ""
        if outcome.kind is Kind.ACCEPTED:
            self._accepted[platform] += 1
        elif rejected_by_fcm(outcome) or outcome.code == SENDER_ID_MISMATCH:
            self._rejected.setdefault(platform, Counter())[outcome.code] += 1
        self._refused = self._refused or outcome.refuses_project

    def _verdict(self) -> Refusal | None:
        platforms = {*self._accepted, *self._rejected}
        return refusal({p: Evidence(self._accepted[p], self._rejected.get(p, {})) for p in platforms})

    async def _decide(self) -> None:
        await self._enough.wait()
        if self._refused:
            return  # nothing of the project can be sent: the run is halted by whoever sent the page
        verdict = self._verdict()
        if verdict is not None:
            others = max(0, (self._run.estimate or 0) - self._seen)
            # Not what another worker has let pass, which took this one's shard: the others have it by now.
            await end_run(
                self._run, State.HALTED, canary_refused(verdict, others), runs=self._runs, if_still=_undecided
            )
            return
        await release(self._run, runs=self._runs, tasks=self._tasks)


def _undecided(run: Run) -> bool:
    return run.awaits_canary


async def release(run: Run, *, runs: Runs, tasks: Tasks) -> None:
    """The canary has passed: `send` hands out the other shards. Its first task is used up, so a new epoch."""
    now = await runs.now()

    def passed(current: Run) -> Run | None:
        if current.state is not State.SENDING or not current.awaits_canary:
            return None
        return current.model_copy(update={"released_at": now, "wake_at": now + WATCH_MS, "epoch": current.epoch + 1})

    moved = await move_run(run.id, passed, runs=runs)
    if moved is not None and moved.released_at == now:
        logs.event("canary-passed", run=run.id, schedule=run.schedule)
        await arm_again(moved, tasks=tasks)


@asynccontextmanager
async def watched_canary(
    run: Run, shard: Shard, *, audience: AudienceStore, runs: Runs, ledger: Ledger, tasks: Tasks
) -> AsyncIterator[Canary | None]:
    """None once the canary has been decided, and for leftovers of it as long as its own shard is at work."""
    if not run.awaits_canary:
        yield None
        return
    expected: int | None = None
    if shard.id == CANARY:
        expected = await audience.estimate(run.app, run.audience.groups, KeyRange("", run.canary))
    elif (first := await ledger.get(run.id, CANARY)) is None or not first.value.done:
        yield None
        return
    canary = Canary(run, shard, expected, runs=runs, tasks=tasks)
    try:
        yield canary
    finally:
        await canary.close()


def _rejected_before(shard: Shard) -> Counter[str]:
    """What another worker recorded of it, who died since."""
    # Reasons are of failures of any kind; the most frequent one names it well enough.
    reasons = Counter({code: times for code, times in shard.reasons.items() if code not in _SAYS_NOTHING})
    ours = sum(shard.reasons.get(code, 0) for code in OWN_CODES)
    rejected = shard.counts.get(Kind.REJECTED.value, 0) - ours + reasons[SENDER_ID_MISMATCH]
    return Counter({reasons.most_common(1)[0][0]: rejected}) if rejected > 0 and reasons else Counter()

"""Runs, the schedules that mirror them, and the ledger, in memory."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from pydantic.alias_generators import to_camel

from fakes.clock import FakeClock
from fakes.documents import Documents
from push.adapters.firestore import schedules
from push.domain.errors import Conflict, NotFound
from push.domain.errors import Stale as StaleWrite
from push.domain.idempotency import Remembered
from push.domain.page import Failure, Leftover
from push.domain.run import Run
from push.domain.schedule import Schedule
from push.domain.shard import Shard, add
from push.ports import Commit, Due, Sums, Unreadable, Versioned


class FakeRuns:
    """`schedules` is shared with FakeSchedules."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.schedules: dict[str, Schedule] = {}
        self.documents = Documents()
        self.stored: dict[str, tuple[Run, int, int]] = {}
        self.lists: dict[tuple[str, str], tuple[str, ...]] = {}
        self.memories: dict[str, Remembered] = {}
        # Each change of a run's state that was stored, as `log_state` must have said it: run, from, to.
        self.changes: list[tuple[str, str | None, str]] = []
        # Runs that were written by who never heard that they were.
        self.unheard: list[Run] = []
        self.unreadable: set[str] = set()

    async def accept(
        self,
        schedule: Schedule,
        run: Run,
        lists: Sequence[Sequence[str]],
        memory: Remembered | None = None,
        over: Any = None,
    ) -> None:
        known = memory is not None and memory.id in self.memories
        if over is not None and (run.id in self.stored or over != self.documents.version(schedule.id)):
            raise StaleWrite
        if over is None and (schedule.id in self.schedules or run.id in self.stored or known):
            raise Conflict(f"schedule {schedule.id} exists")
        if memory is not None:
            self.memories[memory.id] = memory
        self._write(schedule)
        self._put(run, 1)
        for number, items in enumerate(lists):
            self.lists[run.id, str(number)] = tuple(items)

    def _write(self, schedule: Schedule) -> None:
        self.schedules[schedule.id] = schedule
        self.documents.put(schedule.id, schedules.encode(schedule))

    async def remembered(self, id: str) -> Remembered | None:
        return self.memories.get(id)

    async def get(self, id: str) -> Versioned[Run] | None:
        if id not in self.stored:
            return None
        run, version, at = self.stored[id]
        return Versioned(run, version, self.clock.now() - at)

    async def move(self, run: Run, version: Any) -> Any:
        _, current, _ = self.stored[run.id]
        if version != current:
            raise StaleWrite
        self._put(run, current + 1)
        if run.schedule in self.schedules:
            mirror = {"state": run.state, "sent_at": run.sent_at, "counts": run.counts, "reason": run.reason}
            changed = {} if run.changed_at is None else {"updated_at": run.changed_at}
            self.schedules[run.schedule] = self.schedules[run.schedule].model_copy(update=mirror | changed)
            told = schedules.encode(self.schedules[run.schedule])
            self.documents.merge(run.schedule, {to_camel(name): told[to_camel(name)] for name in mirror | changed})
        return current + 1

    async def revise(
        self, schedule: Schedule, run: Run, lists: Sequence[Sequence[str]] | None, version: Any, over: Any = None
    ) -> Any:
        _, current, _ = self.stored[run.id]
        if schedule.id not in self.schedules:
            raise NotFound("no such schedule")
        if version != current:
            raise StaleWrite
        if over is not None and over != self.documents.version(schedule.id):
            raise StaleWrite
        self._put(run, current + 1)
        self._write(schedule)
        if lists is not None:
            self.lists = {key: items for key, items in self.lists.items() if key[0] != run.id}
            self.lists |= {(run.id, str(number)): tuple(items) for number, items in enumerate(lists)}
        return current + 1

    async def put_back(self, run: Run, notice: str, version: Any) -> None:
        _, current, _ = self.stored[run.id]
        if run.mirror is None:
            return
        if version != current or self.documents.get(run.schedule) is not None:
            raise StaleWrite
        self._put(run, current + 1)
        self._write(run.mirror)
        self.documents.merge(run.schedule, {"notice": notice})

    async def remove(self, schedule: str, run: Run | None, version: Any) -> None:
        if run is not None:
            _, current, _ = self.stored[run.id]
            if version != current:
                raise StaleWrite
            self._put(run, current + 1)
        self.schedules.pop(schedule, None)
        self.documents.drop(schedule)

    async def due(self, now: int, limit: int) -> Due[Run]:
        due = [(r.wake_at, r, v, at) for r, v, at in self.stored.values() if r.wake_at is not None and r.wake_at <= now]
        due.sort(key=lambda row: row[0])
        found: Due[Run] = Due([], [])
        for wake_at, run, version, at in due[:limit]:
            age_ms = self.clock.now() - at
            if run.id in self.unreadable:
                found.unreadable.append(Versioned(Unreadable(run.id, wake_at), version, age_ms))
            else:
                found.found.append(Versioned(run, version, age_ms))
        return found

    async def put_off(self, id: str, until: int, version: Any) -> None:
        run, current, _ = self.stored[id]
        if version != current:
            raise StaleWrite
        self.stored[id] = (run.model_copy(update={"wake_at": until}), current + 1, self.clock.now())

    async def live_with_tag(self, tag: str) -> str | None:
        live = (run for run, _, _ in self.stored.values() if run.live)
        return next((run.id for run in live if any(tag in group for group in run.audience.groups)), None)

    async def live_of(self, app: int, limit: int) -> list[str]:
        return [run.id for run, _, _ in self.stored.values() if run.app == app and run.live][:limit]

    def _put(self, run: Run, version: int) -> None:
        before = self.stored[run.id][0].state if run.id in self.stored else None
        if before is not run.state:
            self.changes.append((run.id, before and before.value, run.state.value))
        self.stored[run.id] = (run, version, self.clock.now())

    async def list_items(self, run: str, list_id: str) -> tuple[str, ...]:
        return self.lists.get((run, list_id), ())

    async def now(self) -> int:
        return self.clock.now()


class FakeLedger:
    def __init__(self, clock: FakeClock, runs: FakeRuns) -> None:
        self.clock = clock
        self.runs = runs
        self.shards: dict[tuple[str, str], tuple[Shard, int, int]] = {}
        self.lists: dict[tuple[str, str], tuple[Leftover, ...]] = {}
        self.failures_kept: dict[tuple[str, str], Failure] = {}
        self.commits: list[Commit] = []

    async def get(self, run: str, shard: str) -> Versioned[Shard] | None:
        if (run, shard) not in self.shards:
            return None
        value, version, at = self.shards[run, shard]
        return Versioned(value, version, self.clock.now() - at)

    async def create(self, shard: Shard) -> Any:
        if (shard.run, shard.id) in self.shards:
            raise StaleWrite
        return self._put(shard, 1)

    async def commit(self, commit: Commit, version: Any) -> Any:
        key = (commit.shard.run, commit.shard.id)
        if key not in self.shards or self.shards[key][1] != version:
            raise StaleWrite
        self.commits.append(commit)
        for failure in commit.failures:
            self.failures_kept[commit.shard.run, failure.target] = failure
        for list_id, items in commit.lists:
            self.runs.lists[commit.shard.run, list_id] = tuple(each.key for each in items)
            self.lists[commit.shard.run, list_id] = tuple(items)
        for spilled in commit.spilled:
            self._put(spilled, 1)
        return self._put(commit.shard, version + 1)

    async def open(self, run: str) -> AsyncIterator[list[Versioned[Shard]]]:
        """Pages of three, so that what reads them all is seen to."""
        found = [each for each in self.all(run) if not each.value.done]
        for start in range(0, len(found), 3):
            yield found[start : start + 3]

    async def leftovers(self, run: str, list_id: str) -> tuple[Leftover, ...]:
        return self.lists.get((run, list_id), ())

    async def planned(self, run: str) -> set[str]:
        return {each.value.id for each in self.all(run) if each.value.planned}

    async def sums(self, run: str) -> Sums:
        counts: dict[str, int] = {}
        reasons: dict[str, int] = {}
        shards = [each.value for each in self.all(run)]
        for shard in shards:
            counts, reasons = add(counts, shard.counts), add(reasons, shard.reasons)
        good = {platform for shard in shards for platform in shard.good}
        begun = min((shard.due_at for shard in shards if shard.planned), default=None)
        last = max((at for (of, _), (_, _, at) in self.shards.items() if of == run), default=None)
        done = sum(shard.done for shard in shards)
        planned = sum(shard.planned for shard in shards)
        due = [(shard.id, shard.next_at) for shard in shards if not shard.done]
        unfinished = min(due, key=lambda each: each[1], default=None)
        return Sums(counts, reasons, good, done, len(shards) - planned, begun, last, planned, unfinished)

    def all(self, run: str) -> list[Versioned[Shard]]:
        rows = sorted((key, row) for key, row in self.shards.items() if key[0] == run)
        return [Versioned(shard, version, self.clock.now() - at) for _, (shard, version, at) in rows]

    async def failures(self, run: str, limit: int, after: str | None) -> tuple[list[Failure], str | None]:
        found = sorted(
            (f for (of, _), f in self.failures_kept.items() if of == run), key=lambda failure: failure.target
        )
        found = [failure for failure in found if after is None or failure.target > after]
        return found[:limit], found[limit - 1].target if len(found) > limit else None

    async def finished(self, run: str, planned: int) -> bool:
        shards = [shard.value for shard in self.all(run)]
        return sum(s.planned for s in shards) == planned and all(s.done for s in shards)

    def _put(self, shard: Shard, version: int) -> int:
        self.shards[shard.run, shard.id] = (shard, version, self.clock.now())
        return version

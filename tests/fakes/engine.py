"""The engine on fakes: time, tasks and phones in memory, moved on by hand."""

import asyncio
import heapq
from collections.abc import Iterable

from fakes.audience import FakeAudience
from fakes.clock import FakeClock
from fakes.pace import FakePace
from fakes.runs import FakeLedger, FakeRuns
from fakes.sender import FakeRelay, FakeSender
from push.domain.audience import LIST_SIZE, Audience, AudienceKind
from push.domain.budget import Budget
from push.domain.device import CarriedTag, Device, Platform, Target, TargetKind
from push.domain.ids import Keys
from push.domain.pace import Ramp
from push.domain.payload import Payload
from push.domain.rendering import Content
from push.domain.run import Run, wake_for
from push.domain.schedule import OnUnknown, Schedule, State
from push.domain.tag import TagType
from push.usecases.deliver_shard import deliver_shard
from push.usecases.look import Looks
from push.usecases.start_run import start_run
from push.usecases.sweep_runs import sweep_runs
from push.usecases.tasks import VERSION, Answer, Task
from push.usecases.worker import Worker

LEASE_S = 20.0


class ProcessDied(BaseException):
    """As kill -9 would: no handler of ours runs after it."""


class QueuedTasks:
    """Cloud Tasks as far as the engine sees it: at its time, at least once, by name only once."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.queue: list[tuple[int, int, str, Task]] = []
        self.names: set[tuple[str, int, int]] = set()
        self.used: list[str] = []
        self.lost: list[Task] = []
        self.lose = False

    async def send(self, run: str, epoch: int, at: int | None) -> None:
        self._add("send", run, epoch, at)

    async def deliver(
        self, run: str, shard: str, epoch: int, at: int | None, urgent: bool = False, again: int = 0
    ) -> None:
        self._add("urgent" if urgent else "deliver", f"{run}/{shard}", epoch, at, again)

    async def work(self, job: str, epoch: int, at: int | None) -> None:
        self._add("work", job, epoch, at)

    async def sweep(self, minute: int, turn: int) -> None:
        self._add("work", f"sweep/{minute}", turn, None)

    def _add(self, queue: str, document: str, epoch: int, at: int | None, again: int = 0) -> None:
        if (document, epoch, again) in self.names:
            return
        self.names.add((document, epoch, again))
        self.used.append(queue)
        task = Task(v=VERSION, id=document, epoch=epoch)
        if self.lose:
            self.lost.append(task)
            return
        heapq.heappush(self.queue, (max(at or 0, self.clock.now()), len(self.names), queue, task))


class Engine:
    """`run_until_idle` lets time pass from task to task, as Cloud Tasks would call the functions."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.keys = Keys("a pepper for tests only")
        self.devices: list[Device] = []
        self.runs = FakeRuns(self.clock)
        self.ledger = FakeLedger(self.clock, self.runs)
        self.audience = FakeAudience(self.keys, lambda app: [d for d in self.devices if d.app == app])
        self.sender = FakeSender()
        self.sender.now = lambda: self.clock.now()
        self.relay: FakeRelay | None = None
        self.sns_applications: dict[str, str] = {}
        self.tasks = QueuedTasks(self.clock)
        self.pace = FakePace(self.runs)
        # No test waits for quota unless it is about that.
        self.ramp = Ramp(600_000_000, 0, 0)
        self.budget = Budget(self.ramp, 1)
        self.skip_stale = False
        self._ending: list[asyncio.Event] = []
        self._stopping = False
        self._workers = 0

    def add_devices(self, count: int, platform: Platform = Platform.ANDROID, tags: Iterable[str] = ()) -> None:
        carried = tuple(CarriedTag(id=tag, name=tag, value="", type=TagType.USER) for tag in tags)
        for number in range(len(self.devices), len(self.devices) + count):
            target = Target(kind=TargetKind.TOKEN, value=f"token-{number}", platform=platform)
            self.devices.append(
                Device(
                    id=f"{number:024x}", app=1, alias=f"alias-{number}", targets=(target,), tags=carried,
                    created_at=0, updated_at=0, seen_at=0,
                )
            )  # fmt: skip

    def give(self, user: str, *numbers: int) -> None:
        """Devices of these numbers are the user's."""
        for number in numbers:
            self.devices[number] = self.devices[number].model_copy(update={"user": user})

    async def accept(
        self,
        id: str = "r" * 24,
        send_on: int | None = None,
        groups: tuple[tuple[str, ...], ...] = (),
        aliases: list[str] | None = None,
        users: list[str] | None = None,
        on_unknown: OnUnknown | None = None,
        lives_ms: int = 24 * 3_600_000,
        project: str = "demo",
    ) -> str:
        now = self.clock.now()
        send_on = now if send_on is None else send_on
        kind = AudienceKind.EVERYBODY if aliases is None else AudienceKind.ALIASES
        kind, listed = (kind, aliases or []) if users is None else (AudienceKind.USERS, users)
        audience = Audience(kind=kind, groups=groups, listed=len(listed))
        content = Content(schedule_id=id, name="n", payload=Payload.model_validate({"notification": {"title": "t"}}))
        schedule = Schedule(
            id=id, app=1, name="n", audience=audience, send_on=send_on, expires_at=send_on + lives_ms,
            state=State.SCHEDULED, created_by="test", created_at=now, updated_at=now,
        )  # fmt: skip
        run = Run(
            id=id, schedule=id, app=1, firebase_project=project, state=State.SCHEDULED, send_on=send_on,
            wake_at=wake_for(send_on, now), expires_at=send_on + lives_ms, audience=audience, content=content,
            on_unknown=on_unknown, skip_stale=self.skip_stale, created_at=now, sns_applications=self.sns_applications,
        )  # fmt: skip
        lists = [listed[start : start + LIST_SIZE] for start in range(0, len(listed), LIST_SIZE)]
        await self.runs.accept(schedule, run, lists)
        await self.tasks.send(id, 1, send_on)
        return id

    async def call(self, queue: str, task: Task) -> Answer:
        if queue == "send":
            return await start_run(
                task, runs=self.runs, ledger=self.ledger, audience=self.audience, tasks=self.tasks, ramp=self.ramp
            )  # fmt: skip
        self._workers += 1
        ending = asyncio.Event()
        self._ending.append(ending)
        self.stopping = self._stopping
        return await deliver_shard(
            task, runs=self.runs, ledger=self.ledger, audience=self.audience, sender=self.sender, relay=self.relay,
            tasks=self.tasks, clock=self.clock, pace=self.pace,
            worker=Worker(f"w{self._workers}", LEASE_S, ending, self.budget),
        )  # fmt: skip

    @property
    def stopping(self) -> bool:
        """Whether the process that works has been told to end."""
        return self._stopping

    @stopping.setter
    def stopping(self, stopping: bool) -> None:
        self._stopping = stopping
        for ending in self._ending if stopping else ():
            ending.set()

    async def sweep(self) -> int:
        """How many runs were looked at."""
        return len((await self.looks()).looks)

    async def looks(self, dry: bool = False) -> Looks:
        return await sweep_runs(
            clock=self.clock, runs=self.runs, ledger=self.ledger, audience=self.audience, tasks=self.tasks,
            ramp=self.ramp, lease_s=LEASE_S, dry=dry,
        )  # fmt: skip

    async def run_until_idle(self, limit: int = 500) -> None:
        """A call that dies or is told to come again is repeated 5 s later, as a queue would."""
        for _ in range(limit):
            if not self.tasks.queue:
                return
            at, order, queue, task = heapq.heappop(self.tasks.queue)
            self.clock.time = max(self.clock.time, at)
            try:
                again = await self.call(queue, task) is Answer.BUSY
            except Exception:
                again = True
            if again:
                heapq.heappush(self.tasks.queue, (self.clock.now() + 5_000, order, queue, task))
        raise AssertionError(f"not idle after {limit} calls")

    def run(self, id: str = "r" * 24) -> Run:
        return self.runs.stored[id][0]

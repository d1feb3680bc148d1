"""The engine as it is deployed, in no time: processes, Cloud Tasks and sweep at once, and everything goes wrong.

What comes first among those who could go on is drawn from a seed, as is all trouble.
"""

import asyncio
import heapq
import random
from typing import Any

from fakes.engine import LEASE_S, Engine
from fakes.open_pages import OpenPages
from fakes.processes import Fcm, Process, Wired
from fakes.virtual import LoopClock
from infra.chaos.records import Policy, Sending
from push.domain.errors import Unavailable
from push.domain.page import nobody
from push.domain.schedule import OnUnknown, State
from push.usecases.deliver_shard import deliver_shard
from push.usecases.move_run import end_run
from push.usecases.start_run import start_run
from push.usecases.sweep_runs import sweep_runs
from push.usecases.tasks import Answer, Task
from push.usecases.worker import Worker

RUN = "r" * 24
# Trouble ends after that long (s), so that everything can end; and how long it may take to.
TROUBLED_S = 400.0
PATIENCE_S = 6_000.0
_DAY_MS = 24 * 3_600_000
_POLICIES = {None: Policy.DEFAULT, OnUnknown.RESEND: Policy.RESEND, OnUnknown.SKIP: Policy.SKIP}


class Simulation:
    """`faults`: the share of messages that FCM does not take, or whose answer is lost."""

    def __init__(self, seed: int, devices: int, on_unknown: OnUnknown | None, faults: float = 0.02) -> None:
        self.dice = random.Random(seed)
        self.engine = Engine()
        self.clock = LoopClock()
        self.engine.clock = self.engine.runs.clock = self.engine.ledger.clock = self.engine.tasks.clock = self.clock
        self.engine.add_devices(devices)
        self.fcm = Fcm(self.clock)
        self.on_unknown = on_unknown
        self.faults = faults
        self.pages = OpenPages(self.engine)
        self.cancelled_at: int | None = None
        self.troubled = True
        self.over = asyncio.Event()
        self.processes = [self._process() for _ in range(3)]
        self.calls: set[asyncio.Task[Any]] = set()
        self._workers = 0

    async def play(
        self, cancel_after_s: float | None = None, lives_ms: int = _DAY_MS, by_alias: bool = False
    ) -> Sending:
        aliases = [device.alias or "" for device in self.engine.devices] if by_alias else None
        await self.engine.accept(on_unknown=self.on_unknown, lives_ms=lives_ms, aliases=aliases)
        working = [asyncio.create_task(self._dispatch()), asyncio.create_task(self._sweep())]
        if cancel_after_s is not None:
            working.append(asyncio.create_task(self._cancel(cancel_after_s)))
        loop = asyncio.get_running_loop()
        while self._unfinished():
            await asyncio.sleep(10)
            for each in [each for each in (*self.calls, *working) if each.done()]:
                self.calls.discard(each)
                if not isinstance(each.exception(), Unavailable | type(None)):
                    raise RuntimeError("it crashed") from each.exception()
            if loop.time() > TROUBLED_S and self.troubled:
                self.troubled = False
                for process in self.processes:
                    process.troubled = False
            assert loop.time() < PATIENCE_S, self.engine.run()
        self.over.set()
        for each in working:
            each.cancel()
        # Of those that were killed nobody hears how they ended; what they had begun for themselves waits in vain.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        _, waiting = await asyncio.wait(left, timeout=1_000)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return self._sending()

    def _unfinished(self) -> bool:
        run = self.engine.run()
        return run.live or run.wake_at is not None

    def _process(self) -> Process:
        return Process(self.dice, self.troubled, self.over)

    async def _dispatch(self) -> None:
        """As Cloud Tasks: at their times, sometimes twice; again what failed, or whose answer nobody heard."""
        queue = self.engine.tasks.queue
        while True:
            now = self.clock.now()
            while queue and queue[0][0] <= now:
                _, order, name, task = heapq.heappop(queue)
                for _ in range(2 if self._perhaps(0.1) else 1):
                    attempt = asyncio.create_task(self._attempt(order, name, task))
                    self.calls.add(attempt)
            await asyncio.sleep(0.5)

    async def _attempt(self, order: int, name: str, task: Task) -> None:
        number = self.dice.randrange(len(self.processes))
        process = self.processes[number]
        call = asyncio.create_task(self._call(process, name, task))
        died = asyncio.create_task(process.dead.wait())
        self.calls.add(call)
        # A process that stands still is given up by whoever called it; the call itself goes on when it wakes up.
        patience = 8.0 if self._perhaps(0.3) else 600.0
        done, _ = await asyncio.wait({call, died}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        died.cancel()
        if died in done and self.processes[number] is process:
            self.processes[number] = self._process()
        try:
            failed = call not in done or call.result() is Answer.BUSY
        except Unavailable:
            failed = True
        if failed or self._perhaps(0.1):
            again = self.clock.now() + int(1_000 * self.dice.uniform(1, 10))
            heapq.heappush(self.engine.tasks.queue, (again, order, name, task))

    async def _call(self, process: Process, name: str, task: Task) -> Answer:
        engine = self.engine
        ports = (engine.runs, engine.ledger, engine.audience, engine.tasks, engine.pace)
        runs, ledger, audience, tasks, pace = (Wired(port, process, 0.003) for port in ports)
        if name == "send":
            return await start_run(task, runs=runs, ledger=ledger, audience=audience, tasks=tasks, ramp=engine.ramp)
        self._workers += 1
        return await deliver_shard(
            task, runs=runs, ledger=ledger, audience=audience, sender=self.fcm.as_seen_by(process, self.faults),
            relay=None, tasks=tasks, pace=pace, clock=self.clock,
            worker=Worker(f"w{self._workers}", LEASE_S, asyncio.Event(), engine.budget),
        )  # fmt: skip

    async def _sweep(self) -> None:
        """Each minute, whether the one before has ended or not; it may die as well."""
        while True:
            process = self._process()
            engine = self.engine
            runs, ledger, audience, tasks = (
                Wired(port, process, 0.003) for port in (engine.runs, engine.ledger, engine.audience, engine.tasks)
            )
            self.calls.add(
                asyncio.create_task(
                    sweep_runs(
                        clock=self.clock, runs=runs, ledger=ledger, audience=audience, tasks=tasks, ramp=engine.ramp,
                        lease_s=LEASE_S,
                    )
                )
            )  # fmt: skip
            await asyncio.sleep(60)

    async def _cancel(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        live = self.engine.run().live
        await end_run(self.engine.run(), State.CANCELLED, "asked to", runs=self.engine.runs)
        if live:
            self.cancelled_at = self.clock.now()

    def _perhaps(self, share: float) -> bool:
        return self.troubled and self.dice.random() < share

    def _sending(self) -> Sending:
        engine, run = self.engine, self.engine.run()
        keys = {engine.keys.target("token", f"token-{n}"): f"token-{n}" for n in range(len(engine.devices))}
        return Sending(
            name="simulated", schedule=RUN, policy=_POLICIES[self.on_unknown], state=run.state.value,
            eligible=frozenset(keys.values()), not_before=run.send_on, expires_at=run.expires_at,
            attempts=self.fcm.journal, inherited=self.pages.inherited, given_up=self.pages.given_up, counts=run.counts,
            failures={keys.get(f.target, nobody(f.target)): f.kind for f in engine.ledger.failures_kept.values()},
            cancelled_at=self.cancelled_at, shards=len(engine.ledger.shards),
            may_expire=run.expires_at < run.send_on + _DAY_MS,
        )  # fmt: skip

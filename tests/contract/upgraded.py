"""This release over what an earlier one stored, on the emulator, some time after it had."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from contract.conftest import FirestoreStores
from contract.earlier import store, told, written_at
from fakes.engine import Engine
from fakes.identities import FakeIdentities
from fakes.sender import FakeSender
from fakes.tasks import FakeTasks
from push.bootstrap import SystemClock
from push.domain.account import Caller, Right
from push.domain.housekeeping import HOUSEKEEPING
from push.domain.pace import Ramp
from push.ports.console import Kind
from push.usecases.deliver_shard import deliver_shard
from push.usecases.job_steps import job_steps
from push.usecases.start_run import start_run
from push.usecases.sweep import first_turn, sweep
from push.usecases.tasks import Answer, Task
from push.usecases.work_job import work_job
from push.usecases.worker import Worker

ADA = Caller(subject="user:ada", role="admin", rights=frozenset(Right))
IDS: dict[str, str] = told("about")["ids"]
RAMP = Ramp(600_000, 0, 0)
LEASE_S = 20.0


class World:
    """This release over what the earlier one stored. `tasks` are those that this one makes."""

    def __init__(self, stores: FirestoreStores) -> None:
        self.ports: Any = stores
        self.clock, self.tasks, self.sender = SystemClock(), FakeTasks(), FakeSender()
        stores.__dict__.update(clock=self.clock, tasks=self.tasks, relay=None, identities=FakeIdentities())
        self._budget = Engine().budget
        self._workers = 0

    def pass_s(self, seconds: float) -> None:
        """Whatever shard is looked at from now on, nobody has written it for so much longer."""
        look = self.ports.ledger.get

        async def later(run: str, shard: str) -> Any:
            found = await look(run, shard)
            return found and found._replace(age_ms=found.age_ms + int(1_000 * seconds))

        self.ports.ledger.get = later

    async def call(self, queue: str, task: Task) -> Answer:
        """As Cloud Tasks would."""
        ports = self.ports
        if queue == "work":
            return await work_job(
                task, steps=job_steps(ports), jobs=ports.jobs, tasks=self.tasks, clock=self.clock
            )  # fmt: skip
        engine = {"runs": ports.runs, "ledger": ports.ledger, "audience": ports.audience, "tasks": self.tasks}
        if queue == "send":
            return await start_run(task, ramp=RAMP, **engine)
        self._workers += 1
        worker = Worker(f"new-{self._workers}", LEASE_S, asyncio.Event(), self._budget)
        return await deliver_shard(
            task, sender=self.sender, relay=None, pace=ports.pace, clock=self.clock, worker=worker, **engine
        )  # fmt: skip

    async def call_old(self, name: str) -> list[Answer]:
        """Every task that the earlier release had made for it."""
        old = [each for each in told("tasks") if each["body"]["id"].split("/")[0] == IDS[name]]
        assert old, name
        return [await self.call(each["queue"], Task.model_validate(each["body"])) for each in old]

    async def work_off(self) -> None:
        """The tasks that are due, and what they lead to."""
        while due := [task for task in self.tasks.created if (task.at or 0) <= self.clock.now()]:
            self.tasks.created = [task for task in self.tasks.created if task not in due]
            for task in due:
                await self.call(task.queue, Task(v=1, id=task.document, epoch=task.epoch))

    async def sweep(self) -> Any:
        ports = self.ports
        return await sweep(
            first_turn(self.clock), clock=self.clock, runs=ports.runs, ledger=ports.ledger, audience=ports.audience,
            jobs=ports.jobs, tasks=self.tasks, ramp=RAMP, lease_s=LEASE_S,
        )  # fmt: skip

    async def keep_house(self) -> None:
        """What the first call of sweep sets going; of the runs only housekeeping's task is seen to."""
        await self.sweep()
        self.tasks.created = [task for task in self.tasks.created if task.document == HOUSEKEEPING]
        await self.work_off()

    async def run(self, name: str) -> Any:
        return (await self.ports.runs.get(IDS[name])).value

    async def fields(self, kind: Kind, name: str) -> Any:
        return (await self.ports.console.read(kind, IDS[name])).fields

    def asking(self, *names: str) -> dict[str, Any]:
        return {name: getattr(self.ports, name) for name in names}


Play = Callable[[World], Awaitable[None]]
After = Callable[[timedelta, Play], None]


def played(passed: timedelta, body: Play) -> None:
    """What happens so long after the earlier release had stored all that."""

    async def whole() -> None:
        stores = FirestoreStores()
        try:
            await store(stores.database.client, datetime.now(UTC) - written_at() - passed)
            await body(World(stores))
        finally:
            await stores.close()

    asyncio.run(whole())


def said_before(collection: str) -> dict[str, Any]:
    """What the earlier release itself read there, by id."""
    return {said["id"]: said for path, said in told("read").items() if path.startswith(f"{collection}/")}

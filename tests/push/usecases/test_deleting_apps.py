"""An app is deleted while things die: nothing of the app is left, and nobody else's is touched."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes import made
from fakes.ports import FakePorts
from fakes.world import app
from push.domain.account import Caller
from push.domain.errors import Unavailable
from push.domain.housekeeping import HOUSEKEEPING
from push.domain.job import WATCH_MS, Job, JobKind, JobState
from push.domain.schedule import State
from push.domain.user import User
from push.usecases.delete_app import DeletedApp, delete_app
from push.usecases.job_steps import job_steps
from push.usecases.sweep_jobs import sweep_jobs
from push.usecases.tasks import VERSION, Task
from push.usecases.work_job import work_job

ADMIN = Caller(subject="admin")
STORES = ("apps", "devices", "users", "runs", "traces", "jobs", "tasks")


class Died(Exception):
    """The process is gone."""


class Dying:
    """A store whose process dies around the call that a test names: before it did anything, or after."""

    def __init__(self, real: Any, fate: "Fate") -> None:
        self._real = real
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return self._fate.around(found) if asyncio.iscoroutinefunction(found) else found


class Fate:
    def __init__(self, at: int, after: bool) -> None:
        self.left = at
        self.after = after

    def around(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def fated(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise Died
            answer = await call(*args, **kwargs)
            if self.left == 0:
                raise Died
            return answer

        return fated


def world() -> FakePorts:
    ports = FakePorts()
    ports.apps.stored = {2: app(2), 3: app(3)}
    for number in range(350):
        device = made.device(number, app=2 + (number == 7), alias=f"a{number}")
        ports.devices.stored[device.app, device.alias] = device
    for of in (2, 3):
        ann = User(id=f"identified-{of:024x}", app=of, email="ann@example.com", created_at=0, updated_at=0)
        ports.users.stored[of, ann.id] = ann
    asyncio.run(ports.runs.accept(made.schedule(app=2), made.run(app=2), [["a1"]]))
    return ports


async def ask(ports: Any) -> DeletedApp:
    return await delete_app(
        ADMIN, 2, True, apps=ports.apps, devices=ports.devices, users=ports.users, jobs=ports.jobs, tasks=ports.tasks,
        audit=ports.audit, clock=ports.clock,
    )  # fmt: skip


async def finish(ports: Any) -> None:
    """What sweep and Cloud Tasks do in the hour after."""
    for _ in range(12):
        ports.clock.pass_ms(WATCH_MS + 100_000)
        await sweep_jobs(jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)
        await work(ports)


def jobs_of(ports: Any) -> list[Job]:
    """But for sweep's own."""
    return [job for job, _ in ports.jobs.stored.values() if job.id != HOUSEKEEPING]


async def work(ports: Any) -> None:
    for job_id in [job.id for job in jobs_of(ports) if job.state is JobState.RUNNING]:
        epoch = ports.jobs.stored[job_id][0].epoch
        task = Task(v=VERSION, id=job_id, epoch=epoch)
        await work_job(task, steps=job_steps(ports), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)


class Mortal:
    """The same ports, in a process that is to die."""

    def __init__(self, ports: FakePorts, fate: Fate) -> None:
        self._ports = ports
        for name in STORES:
            setattr(self, name, Dying(getattr(ports, name), fate))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ports, name)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 30))
def test_whatever_dies_at_whichever_call_nothing_of_the_app_is_left(at: int, after: bool) -> None:
    ports = world()
    mortal = Mortal(ports, Fate(at, after))

    async def play() -> None:
        try:
            await ask(mortal)
            ports.clock.pass_ms(100_000)
            await work(mortal)
        except Died:
            pass
        await finish(ports)
        if 2 in ports.apps.stored:
            # Nothing had been stored when it died: whoever asked was told nothing, and asks again.
            assert jobs_of(ports) == []
            await ask(ports)
            await finish(ports)
        assert list(ports.apps.stored) == [3]
        assert [of for of, _ in ports.devices.stored] == [of for of, _ in ports.users.stored] == [3]
        assert ports.runs.stored["s" * 24][0].state is State.CANCELLED
        assert ports.runs.lists == {}
        assert {(job.kind, job.state) for job in jobs_of(ports)} == {(JobKind.DELETE_APP, JobState.DONE)}

    asyncio.run(play())


def test_of_many_who_ask_at_once_all_are_told_of_one_job() -> None:
    ports = world()

    async def play() -> None:
        answers = await asyncio.gather(*(ask(ports) for _ in range(5)))
        assert {answer.job for answer in answers} == {ports.apps.stored[2].deleting}
        assert len(ports.audit.kept) == 1
        await finish(ports)
        assert list(ports.apps.stored) == [3]

    asyncio.run(play())


def test_a_deletion_that_failed_is_begun_anew() -> None:
    ports = world()

    async def play() -> None:
        first = (await ask(ports)).job
        job, version = ports.jobs.stored[str(first)]
        ports.jobs.stored[job.id] = (job.model_copy(update={"state": JobState.FAILED, "wake_at": None}), version)
        second = (await ask(ports)).job
        assert second != first
        await finish(ports)
        assert list(ports.apps.stored) == [3]

    asyncio.run(play())


def test_a_queue_that_is_away_does_not_stop_a_deletion() -> None:
    ports = world()

    async def play() -> None:
        ports.tasks.broken = True
        assert (await ask(ports)).job
        with pytest.raises(Unavailable):
            await ports.tasks.work("x", 1, None)
        ports.tasks.broken = False
        await finish(ports)
        assert list(ports.apps.stored) == [3]

    asyncio.run(play())

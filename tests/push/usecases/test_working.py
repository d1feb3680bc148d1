"""Background jobs, and what may go wrong while they work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes.ports import FakePorts
from push.domain.errors import Conflict, Unavailable
from push.domain.job import WATCH_MS, Job, JobKind, JobState, Step
from push.usecases.start_job import start_job
from push.usecases.sweep_jobs import sweep_jobs
from push.usecases.tasks import VERSION, Task
from push.usecases.work_job import WORK_MS, work_job

KIND = JobKind.UNTAG_DEVICES
Take = Callable[[Job, int], Awaitable[Step]]


class Bench:
    """One job, whose steps a test decides."""

    def __init__(self, take: Take) -> None:
        self.ports = FakePorts()
        self.take = take

    async def start(self) -> Job:
        ports = self.ports
        return await start_job(KIND, "subject", {"alias": "a"}, jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)

    async def work(self, epoch: int | None = None) -> None:
        task = Task(v=VERSION, id=self.job.id, epoch=self.job.epoch if epoch is None else epoch)
        steps = {KIND: self.take}
        await work_job(task, steps=steps, jobs=self.ports.jobs, tasks=self.ports.tasks, clock=self.ports.clock)

    async def sweep(self) -> int:
        """How many jobs of ours were looked at."""
        looks = (await sweep_jobs(jobs=self.ports.jobs, tasks=self.ports.tasks, clock=self.ports.clock)).looks
        return sum(look.id == self.job.id for look in looks)

    @property
    def job(self) -> Job:
        (job,) = (job for job, _ in self.ports.jobs.stored.values() if job.kind is KIND)
        return job


def counting(last: int) -> Take:
    async def take(job: Job, _: int) -> Step:
        place = int(job.cursor or 0) + 1
        return Step(str(place) if place < last else None, done=10)

    return take


def test_a_job_is_worked_on_to_its_end_and_forgets_whom_it_was_about() -> None:
    async def play() -> None:
        bench = Bench(counting(5))
        await bench.start()
        await bench.work()
        job = bench.job
        assert (job.state, job.done, job.arguments, job.wake_at) == (JobState.DONE, 50, {}, None)
        assert job.finished_at == bench.ports.clock.now()
        assert len(bench.ports.tasks.created) == 1

    asyncio.run(play())


def test_a_call_that_has_worked_long_enough_goes_on_in_a_new_task() -> None:
    async def play() -> None:
        bench = Bench(counting(4))

        async def slowly(job: Job, now: int) -> Step:
            bench.ports.clock.pass_ms(WORK_MS // 2)
            return await counting(4)(job, now)

        bench.take = slowly
        await bench.start()
        await bench.work()
        assert (bench.job.done, bench.job.epoch, bench.job.cursor) == (20, 2, "2")
        assert [task.epoch for task in bench.ports.tasks.created] == [1, 2]
        await bench.work(epoch=1)
        assert bench.job.done == 20
        await bench.work()
        assert (bench.job.done, bench.job.state) == (40, JobState.DONE)

    asyncio.run(play())


def test_a_step_that_must_wait_is_taken_at_its_time() -> None:
    async def play() -> None:
        async def waits(job: Job, _: int) -> Step:
            return Step("later", wait_ms=60_000)

        bench = Bench(waits)
        await bench.start()
        await bench.work()
        now = bench.ports.clock.now()
        assert bench.ports.tasks.created[-1].at == now + 60_000
        assert bench.job.wake_at == now + 60_000 + WATCH_MS

    asyncio.run(play())


def test_a_death_costs_one_step_and_sweep_sets_the_job_going_again() -> None:
    async def play() -> None:
        bench = Bench(counting(3))

        async def dies(job: Job, now: int) -> Step:
            if job.cursor == "1":
                raise Unavailable("the store is away")
            return await counting(3)(job, now)

        bench.take = dies
        await bench.start()
        with pytest.raises(Unavailable):
            await bench.work()
        assert (bench.job.done, bench.job.cursor) == (10, "1")
        assert await bench.sweep() == 0
        bench.ports.clock.pass_ms(WATCH_MS + 1)
        assert await bench.sweep() == 1
        assert bench.job.epoch == 2
        assert (bench.job.id, 2) in [(task.document, task.epoch) for task in bench.ports.tasks.created]
        bench.take = counting(3)
        await bench.work()
        assert (bench.job.done, bench.job.state) == (30, JobState.DONE)

    asyncio.run(play())


def test_a_job_whose_task_was_never_made_is_done_all_the_same() -> None:
    async def play() -> None:
        bench = Bench(counting(1))
        bench.ports.tasks.broken = True
        await bench.start()
        bench.ports.tasks.broken = False
        bench.ports.clock.pass_ms(WATCH_MS + 1)
        await bench.sweep()
        await bench.work()
        assert bench.job.state is JobState.DONE

    asyncio.run(play())


def test_what_asking_again_cannot_mend_ends_the_job_with_its_reason() -> None:
    async def play() -> None:
        async def refuses(_: Job, __: int) -> Step:
            raise Conflict("it cannot be done")

        bench = Bench(refuses)
        await bench.start()
        await bench.work()
        assert (bench.job.state, bench.job.error, bench.job.wake_at) == (JobState.FAILED, "it cannot be done", None)

    asyncio.run(play())


def test_of_two_workers_on_one_job_one_stops_and_nothing_is_counted_twice() -> None:
    async def play() -> None:
        bench = Bench(counting(3))
        overtaken: list[Any] = []

        async def overtaking(job: Job, now: int) -> Step:
            if not overtaken:
                overtaken.append(job)
                await bench.work()
            return await counting(3)(job, now)

        bench.take = overtaking
        await bench.start()
        await bench.work()
        assert (bench.job.done, bench.job.state) == (30, JobState.DONE)

    asyncio.run(play())

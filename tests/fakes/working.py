"""What Cloud Tasks does for background jobs: every task that was made, each at its time."""

import asyncio

from fakes.ports import FakePorts
from push.usecases.job_steps import job_steps
from push.usecases.tasks import VERSION, Task
from push.usecases.work_job import work_job


def work(ports: FakePorts) -> None:
    """Until nothing is left to be done, the clock moving on where something has to wait."""
    done = 0
    while done < len(ports.tasks.created):
        created = ports.tasks.created[done]
        done += 1
        if created.queue != "work":
            continue
        ports.clock.time = max(ports.clock.time, created.at or 0)
        task = Task(v=VERSION, id=created.document, epoch=created.epoch)
        steps = job_steps(ports)
        asyncio.run(work_job(task, steps=steps, jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock))

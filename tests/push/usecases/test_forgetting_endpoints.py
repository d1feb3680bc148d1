"""A device that is to be forgotten is forgotten by Amazon too."""

import asyncio

import pytest

from fakes.made import device, target
from fakes.ports import FakePorts
from push.domain.device import Platform
from push.domain.job import JobState
from push.domain.keyspace import KeyRange
from push.usecases.delete_device import delete_device
from push.usecases.job_steps import job_steps
from push.usecases.tasks import VERSION, Task
from push.usecases.work_job import work_job

ARN = "arn:aws:sns:eu-west-1:123456789012:endpoint/ADM/wines/1"


async def forgotten(ports: FakePorts) -> None:
    """A Fire device with an endpoint is deleted, and its job worked on until it is done."""
    fire = device(1, targets=(target("token", Platform.ADM), target("phone")))
    await ports.devices.put_many(1, [fire])
    read = [e async for batch in ports.audience.scan(1, (), KeyRange("", ""), "") for e in batch]
    await ports.endpoints.keep(1, [e._replace(endpoint=ARN) for e in read if e.target == fire.targets[0]])
    deleted = await delete_device(
        1, fire.id,
        devices=ports.devices, endpoints=ports.endpoints, jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock,
    )  # fmt: skip
    while (job := ports.jobs.stored[deleted.job.id][0]).state is JobState.RUNNING:
        ports.clock.time += 120_000
        task = Task(v=VERSION, id=job.id, epoch=job.epoch)
        await work_job(task, steps=job_steps(ports), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)
    assert (job.state, job.arguments) == (JobState.DONE, {})


@pytest.mark.parametrize("configured", [True, False])
def test_its_endpoints_go_with_it_where_amazon_is_configured(configured: bool) -> None:
    ports = FakePorts()
    relay = ports.relay
    if not configured:
        ports.relay = None
    asyncio.run(forgotten(ports))
    assert relay is not None
    assert relay.forgotten == ([ARN] if configured else [])

"""A device is to be forgotten: it goes now, and what runs keep about it in the background."""

from typing import NamedTuple

from push.domain.device import Device
from push.domain.errors import NotFound
from push.domain.job import Job, JobKind
from push.ports import Clock, Devices, Endpoints, Jobs, Tasks
from push.usecases.read_device import UNKNOWN
from push.usecases.start_job import start_job


class Deleted(NamedTuple):
    """The device as it was, and the job that erases its traces."""

    device: Device
    job: Job


async def delete_device(
    app: int, id: str, *, devices: Devices, endpoints: Endpoints, jobs: Jobs, tasks: Tasks, clock: Clock
) -> Deleted:
    """Neither the device nor a target of it exists any more. Raises NotFound.

    The job is stored first, and deletes the device as well: should we die in between, nothing is left half done.
    """
    device = await devices.get(app, id)
    if device is None:
        raise NotFound(UNKNOWN)
    known = await endpoints.of(app, device.targets)
    arguments = {"app": str(app), "alias": device.alias, "endpoints": " ".join(known)}
    job = await start_job(JobKind.ERASE_DEVICE, id, arguments, jobs=jobs, tasks=tasks, clock=clock)
    return Deleted(await devices.delete(app, id) or device, job)

"""What each kind of background job does at every step."""

from collections.abc import Mapping
from functools import partial

from push.domain.job import Job, JobKind, Step
from push.ports import Ports
from push.usecases.clear_app import clear_app
from push.usecases.erase_device import erase_device
from push.usecases.erase_user import erase_user
from push.usecases.keep_house import keep_house
from push.usecases.untag_devices import untag_devices
from push.usecases.work_job import TakeStep


def job_steps(ports: Ports) -> Mapping[JobKind, TakeStep]:
    return {
        JobKind.UNTAG_DEVICES: partial(
            untag_devices, devices=ports.devices, tags=ports.tags, templates=ports.templates, runs=ports.runs
        ),
        JobKind.DELETE_APP: partial(
            clear_app, apps=ports.apps, devices=ports.devices, users=ports.users, runs=ports.runs, traces=ports.traces
        ),
        JobKind.HOUSEKEEPING: partial(
            keep_house, apps=ports.apps, audience=ports.audience, console=ports.console, runs=ports.runs
        ),
        JobKind.PRUNE_TARGETS: _left_to_housekeeping,
        JobKind.ERASE_DEVICE: partial(erase_device, devices=ports.devices, traces=ports.traces, relay=ports.relay),
        JobKind.ERASE_USER: partial(
            erase_user,
            users=ports.users,
            devices=ports.devices,
            identities=ports.identities,
            traces=ports.traces,
        ),
    }


async def _left_to_housekeeping(_: Job, __: int) -> Step:
    return Step(None)

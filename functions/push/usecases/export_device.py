"""All that is kept about a device, for whom it is about."""

from typing import NamedTuple

from push.domain.activity import Done
from push.domain.device import Device
from push.ports import Devices, Trace, Traces
from push.usecases.read_device import read_device

MOST = 1_000


class Exported(NamedTuple):
    """`truncated` where there are more failures or more activity than these."""

    device: Device
    failures: list[Trace]
    activity: list[Done]
    truncated: bool


async def export_device(app: int, id: str, *, devices: Devices, traces: Traces) -> Exported:
    """At most 1,000 failures, and what it did of at most 1,000 notifications. Raises NotFound."""
    device = await read_device(app, id, devices=devices)
    failures = await traces.failures(id, MOST + 1)
    activity = await traces.activity(id, MOST + 1)
    return Exported(device, failures[:MOST], activity[:MOST], max(len(failures), len(activity)) > MOST)

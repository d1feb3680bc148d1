"""All that is kept about a device, for whom it is about."""

from typing import NamedTuple

from push.domain.device import Device
from push.ports import Devices, Trace, Traces
from push.usecases.read_device import read_device

MOST_FAILURES = 1_000


class Exported(NamedTuple):
    device: Device
    failures: list[Trace]


async def export_device(app: int, id: str, *, devices: Devices, traces: Traces) -> Exported:
    """At most 1,000 failures. Raises NotFound."""
    return Exported(await read_device(app, id, devices=devices), await traces.failures(id, MOST_FAILURES))

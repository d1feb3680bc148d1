"""A device is to be forgotten."""

from push.domain.device import Device
from push.domain.errors import NotFound
from push.ports import Devices
from push.usecases.read_device import UNKNOWN


async def delete_device(app: int, id: str, *, devices: Devices) -> Device:
    """The device as it was; neither it nor a target of it exists any more. Raises NotFound."""
    device = await devices.delete(app, id)
    if device is None:
        raise NotFound(UNKNOWN)
    return device

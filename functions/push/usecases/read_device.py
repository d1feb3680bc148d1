"""One device, by the id that only its own client and its app's servers know."""

from push.domain.device import Device
from push.domain.errors import NotFound
from push.ports import Devices

UNKNOWN = "no such device in this app: create it with POST"


async def read_device(app: int, id: str, *, devices: Devices) -> Device:
    """Raises NotFound."""
    device = await devices.get(app, id)
    if device is None:
        raise NotFound(UNKNOWN)
    return device

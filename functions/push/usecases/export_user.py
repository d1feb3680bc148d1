"""All that is kept about an identified user, for whom it is about."""

from contextlib import suppress
from typing import NamedTuple

from push.domain.device_search import DeviceSearch
from push.domain.errors import NotFound
from push.domain.user import User
from push.ports import Devices, Traces, Users
from push.usecases.export_device import Exported, export_device
from push.usecases.read_user import read_user

# Each comes with up to a thousand failures.
DEVICES_A_PAGE = 10


class ExportedUser(NamedTuple):
    """`next` is the cursor of further devices."""

    user: User
    devices: list[Exported]
    next: str | None


async def export_user(
    app: int, id: str, after: str | None, *, users: Users, devices: Devices, traces: Traces
) -> ExportedUser:
    """The profile, and ten devices after a cursor. Raises NotFound."""
    user = await read_user(app, id, users=users)
    found, next_ = await devices.search(app, DeviceSearch(user=id), DEVICES_A_PAGE, after)
    exported = []
    for device in found:
        with suppress(NotFound):  # deleted meanwhile
            exported.append(await export_device(app, device.id, devices=devices, traces=traces))
    return ExportedUser(user, exported, next_)

"""A server says whose devices are."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from push.domain.device import Device
from push.domain.device_search import DeviceSearch
from push.domain.errors import NotFound
from push.ports import Clock, Devices, Users
from push.usecases.link_device import link_device, unlink_device
from push.usecases.read_user import read_user
from push.usecases.search_devices import Found

MOST = 100
_AT_ONCE = 10
NOT_THEIRS = "this user has no such device"


class Linked(NamedTuple):
    """`unknown`: aliases and ids that no device of the app has."""

    devices: list[Device]
    unknown: list[str]
    now: int


async def link_devices(
    app: int, user: str, aliases: Sequence[str], ids: Sequence[str], *, users: Users, devices: Devices, clock: Clock
) -> Linked:
    """Those that exist are the user's from now on, whosever they were. Raises NotFound for an unknown user."""
    await read_user(app, user, users=users)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def link(name: str, alias: str | None, id: str | None) -> tuple[str, Device | None]:
        async with slots:
            return name, await link_device(app, user, now=clock.now(), devices=devices, alias=alias, id=id)

    named = [*(link(alias, alias, None) for alias in aliases), *(link(id, None, id) for id in ids)]
    done = await asyncio.gather(*named)
    found = {device.id: device for _, device in done if device is not None}
    return Linked(list(found.values()), [name for name, device in done if device is None], clock.now())


async def remove_link(app: int, user: str, id: str, *, users: Users, devices: Devices, clock: Clock) -> Device:
    """The device, which is nobody's now. Raises NotFound for an unknown user, and a device that is not theirs."""
    await read_user(app, user, users=users)
    device = await unlink_device(app, user, id, now=clock.now(), devices=devices)
    if device is None:
        raise NotFound(NOT_THEIRS)
    return device


async def list_devices(
    app: int, user: str, limit: int, after: str | None, *, users: Users, devices: Devices, clock: Clock
) -> Found:
    """Raises NotFound for an unknown user."""
    await read_user(app, user, users=users)
    found, next_ = await devices.search(app, DeviceSearch(user=user), limit, after)
    return Found(found, next_, clock.now())

"""Devices of an app, as integration servers look them up."""

from typing import NamedTuple

from push.domain.device import Device
from push.domain.device_search import DeviceSearch
from push.ports import Apps, Clock, Devices
from push.usecases.read_app import app_named


class Found(NamedTuple):
    """`now` (ms) is what staleness is measured against; `next` the cursor of the next page."""

    devices: list[Device]
    next: str | None
    now: int


async def search_devices(
    app: int, wanted: DeviceSearch, limit: int, after: str | None, *, apps: Apps, devices: Devices, clock: Clock
) -> Found:
    """Raises NotFound for an unknown app."""
    await app_named(app, apps=apps)
    found, next_ = await devices.search(app, wanted, limit, after)
    return Found(found, next_, clock.now())

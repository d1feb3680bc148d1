"""Whose a device is: linked when its user logs in, or by a server (contract §3)."""

from push.domain.device import Device
from push.ports import Devices


async def link_device(
    app: int, user: str | None, *, now: int, devices: Devices, alias: str | None = None, id: str | None = None
) -> Device | None:
    """The device of that alias or id is the user's from now on, or nobody's; None where there is no such device."""
    linked: Device | None = None

    def decide(by_id: Device | None, by_alias: Device | None) -> Device | None:
        nonlocal linked
        device = by_id or by_alias
        linked = device
        if device is None or device.user == user:
            return None
        linked = device.model_copy(update={"user": user, "updated_at": now})
        return linked

    await devices.change(app, id, alias, decide)
    return linked

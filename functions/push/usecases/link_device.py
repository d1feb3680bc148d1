"""Whose a device is: linked when its user logs in, or by a server."""

from push.domain.device import Device
from push.ports import Devices


async def link_device(
    app: int, user: str, *, now: int, devices: Devices, alias: str | None = None, id: str | None = None
) -> Device | None:
    """The device of that alias or id is the user's from now on, whosever it was; None where there is no such device."""
    linked: Device | None = None

    def decide(by_id: Device | None, by_alias: Device | None) -> Device | None:
        nonlocal linked
        linked = by_id or by_alias
        if linked is None or linked.user == user:
            return None
        linked = linked.model_copy(update={"user": user, "updated_at": now})
        return linked

    await devices.change(app, id, alias, decide)
    return linked


async def unlink_device(app: int, user: str, id: str, *, now: int, devices: Devices) -> Device | None:
    """The device is nobody's from now on; None where it is not, or no longer, the user's."""

    def decide(by_id: Device | None, _: Device | None) -> Device | None:
        if by_id is None or by_id.user != user:
            return None
        return by_id.model_copy(update={"user": None, "updated_at": now})

    return await devices.change(app, id, None, decide)

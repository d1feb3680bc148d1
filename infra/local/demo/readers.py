"""The SDKs on the phones, and the people who hold them: what arrives is reported, and every third person opens it.

HALO's JavaScript SDK reports nothing, so browsers are silent here.
"""

import asyncio
from collections.abc import Mapping, Sequence

from infra.local.demo.fleet import Device
from infra.local.demo.integration import Integration
from infra.local.demo.phones import Arrival
from infra.local.demo.played import Played

_REPORTING = ("android", "ios")
_AT_ONCE = 8


def reporting(devices: Sequence[Device]) -> frozenset[str]:
    """The aliases of phones whose SDK reports receipts."""
    return frozenset(device.alias for device in devices if device.platform in _REPORTING)


def readers(devices: Sequence[Device]) -> frozenset[str]:
    """Of those, whose people open what they are shown."""
    return frozenset(sorted(reporting(devices))[::3])


class Readers:
    """`told` counts the reports that were answered. A phone with two targets reports twice, and counts once."""

    def __init__(self, integration: Integration, devices: Sequence[Device]) -> None:
        self._integration = integration
        self._of: Mapping[str, Device] = {target.value: device for device in devices for target in device.targets}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self.told = 0

    async def report(self, arrivals: Sequence[Arrival], played: Mapping[str, Played]) -> None:
        """A receipt of each message, and then the opens. What nobody posted is for the checks to find."""
        pairs = [(self._of.get(arrival.target), played.get(arrival.schedule)) for arrival in arrivals]
        known = [(device, one) for device, one in pairs if device and one]
        for action in ("receipt", "open"):
            await asyncio.gather(*(self._say(action, device, one) for device, one in known))

    async def _say(self, action: str, device: Device, one: Played) -> None:
        if device.alias not in (one.received if action == "receipt" else one.opened):
            return
        async with self._slots:
            said = {"device": device.alias, "schedule": one.id, "action": action, "platform": device.platform}
            await self._integration.report(said)
            self.told += 1

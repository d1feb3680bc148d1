"""The phones of the demo: what an integration server knows of them before it asks for anything."""

from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

_PEOPLE = "ana ben carla diego elif femi greta hana ivo jun kofi lena mateo nadia omar pia ravi sofia tariq uma".split()
_MODELS = {"android": ("Pixel 9", "Galaxy S25"), "ios": ("iPhone 17", "iPad Air"), "web": ("Firefox", "Chrome")}


@dataclass(frozen=True)
class Target:
    """`fid`: known by its Firebase installation id instead of a registration token."""

    platform: str
    value: str
    fid: bool = False


@dataclass(frozen=True)
class Device:
    alias: str
    targets: tuple[Target, ...]
    tags: tuple[tuple[str, str], ...]

    @property
    def platform(self) -> str:
        return dict(self.tags)["Platform Name"]

    def body(self) -> dict[str, Any]:
        """As an app registers itself."""
        return {
            "alias": self.alias,
            "devices": [{"platform": t.platform, "token": t.value} for t in self.targets if not t.fid],
            "installations": [{"platform": t.platform, "fid": t.value} for t in self.targets if t.fid],
            "tags": [{"name": name, "value": value, "tagType": "0" * 23 + "1"} for name, value in self.tags],
            "replaceTokens": True,
        }


def fleet() -> list[Device]:
    """Three devices a person. The first two are those that the seeds call alias1 and alias2; among the rest one
    device has two targets, and one is known by its installation id."""
    devices = [_device(person, platform) for platform in _MODELS for person in _PEOPLE]
    by_alias = {device.alias: device for device in devices}
    two = by_alias["ben-android"]
    by_alias["ben-android"] = _changed(two, targets=(*two.targets, Target("android", "ben-android-work-profile")))
    by_alias["carla-android"] = _changed(by_alias["carla-android"], targets=(Target("android", "carla-fid", fid=True),))
    by_alias["ana-android"] = _changed(by_alias["ana-android"], alias="alias1")
    by_alias["ana-ios"] = _changed(by_alias["ana-ios"], alias="alias2")
    return sorted(by_alias.values(), key=lambda device: not device.alias.startswith("alias"))


def before_reinstall(device: Device) -> Device:
    """The device with the token it had before its app was installed anew: that one must stay silent."""
    old = tuple(Target(target.platform, f"{target.value}-before-reinstall") for target in device.targets)
    return _changed(device, targets=old)


def _device(person: str, platform: str) -> Device:
    models = dict(zip(_PEOPLE, islice(cycle(_MODELS[platform]), len(_PEOPLE)), strict=True))
    tags = (
        ("Platform Name", platform),
        ("Device Model", models[person]),
        ("Device Type", "Tablet" if models[person] == "iPad Air" else "Phone"),
    )
    return Device(f"{person}-{platform}", (Target(platform, f"{person}-{platform}-phone"),), tags)


def _changed(device: Device, alias: str | None = None, targets: tuple[Target, ...] | None = None) -> Device:
    return Device(alias or device.alias, targets or device.targets, device.tags)

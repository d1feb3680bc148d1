"""Devices and their push targets: what a sync changes, and what it leaves."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from push.domain.tag import Tag, TagType

MAX_TARGETS = 20
MAX_TAGS = 100
TOKEN_BYTES = 4_096
TAG_NAME_BYTES = 128
TAG_VALUE_LENGTH = 256
SEEN_EVERY_MS = 24 * 3_600_000
# FCM, *Manage tokens*: who was not seen for longer than a month or two is best left alone.
STALE_MS = 60 * 24 * 3_600_000


class Platform(StrEnum):
    ANDROID = "android"
    IOS = "ios"
    WEB = "web"
    ADM = "adm"
    BAIDU = "baidu"


class TargetKind(StrEnum):
    """How FCM addresses a phone: by registration token, or by Firebase installation id."""

    TOKEN = "token"  # noqa: S105  a kind, not a secret
    FID = "fid"


class Target(BaseModel):
    """A push target: one app on one phone."""

    model_config = ConfigDict(frozen=True)

    kind: TargetKind
    value: str
    platform: Platform


class CarriedTag(BaseModel):
    """A tag as a device carries it: name and value in the client's own spelling."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    value: str
    type: TagType


class Device(BaseModel):
    """One installation of an app. Times in ms since the epoch; `alias` is unique within the app.

    `dead_at` is when a target of it was last removed, since FCM said that it is gone or nobody had heard of it for very
    long; until the device tells of a target again.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    app: int
    alias: str
    targets: tuple[Target, ...] = ()
    tags: tuple[CarriedTag, ...] = ()
    email: str | None = None
    user: str | None = None
    locale: str | None = None
    timezone: str | None = None
    location: str | None = None
    customer_id: int = 1
    created_at: int
    updated_at: int
    seen_at: int
    dead_at: int | None = None

    @property
    def dead(self) -> bool:
        """Nothing reaches it any more, of a device that had targets."""
        return self.dead_at is not None and not self.targets

    def stale(self, now: int) -> bool:
        """It may be reached, and has not been heard of for 60 days."""
        return now - self.seen_at > STALE_MS


class Sync(BaseModel):
    """What a client says of its device. None: nothing said, so what is stored stays; (): cleared."""

    model_config = ConfigDict(frozen=True)

    id: str | None = None
    alias: str | None = None
    tokens: tuple[Target, ...] | None = None
    installations: tuple[Target, ...] | None = None
    replace_tokens: bool = False
    tags: tuple[CarriedTag, ...] | None = None
    profile: Mapping[str, Any] = {}

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that are named, of either kind."""
        return (*(self.tokens or ()), *(self.installations or ()))


class Changed(NamedTuple):
    """The device after a sync, and whether there is anything to write."""

    device: Device
    write: bool


PROFILE = ("email", "locale", "timezone", "location", "customer_id")


def apply(device: Device, sync: Sync, now: int) -> Changed:
    """What `device` is after `sync` at `now` (ms). A sync that changes nothing writes nothing, but once a day."""
    update: dict[str, Any] = {"targets": _targets(device.targets, sync)}
    if sync.alias:
        update["alias"] = sync.alias
    if sync.tags is not None:
        update["tags"] = tuple({tag.id: tag for tag in sync.tags}.values())
    update |= {name: value for name, value in sync.profile.items() if name in PROFILE and value is not None}
    if update["targets"] != device.targets:
        update["dead_at"] = None
    changed = device.model_copy(update=update)
    if changed != device:
        return Changed(changed.model_copy(update={"updated_at": now, "seen_at": now}), True)
    if now - device.seen_at >= SEEN_EVERY_MS:
        return Changed(device.model_copy(update={"seen_at": now}), True)
    return Changed(device, False)


def _targets(stored: Sequence[Target], sync: Sync) -> tuple[Target, ...]:
    """Each kind is replaced or merged for itself: a client that speaks of tokens says nothing of installations.

    Of merged ones the newest MAX_TARGETS stay: a client that never replaces adds one with every new token.
    """
    kept: list[Target] = []
    for kind, said in ((TargetKind.TOKEN, sync.tokens), (TargetKind.FID, sync.installations)):
        before = [target for target in stored if target.kind is kind]
        if said is None:
            kept += before
        elif sync.replace_tokens or not said:
            kept += said
        else:
            known = {target.value for target in said}
            others = [target for target in before if target.value not in known]
            room = max(0, MAX_TARGETS - len(known))
            dropped = {target.value for target in others[: max(0, len(others) - room)]}
            kept += [*(target for target in before if target.value not in dropped), *said]
    return tuple({(target.kind, target.value): target for target in kept}.values())


def carried(tag: Tag, name: str | None = None, value: str | None = None) -> CarriedTag:
    """A stored tag in a client's spelling."""
    return CarriedTag(id=tag.id, name=name or tag.name, value=value or tag.value, type=tag.type)

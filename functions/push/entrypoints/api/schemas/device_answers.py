"""Devices as we answer them."""

from pydantic import Field

from push.domain.device import CarriedTag, Device, Platform, TargetKind
from push.domain.tag import TagType
from push.entrypoints.api.schemas.wire import Answer
from push.usecases.export_device import Exported


class TargetOut(Answer):
    platform: Platform
    token: str


class InstallationOut(Answer):
    platform: Platform
    fid: str


class TagOut(Answer):
    id: str
    name: str
    value: str
    tag_type: TagType


class DeviceOut(Answer):
    """The whole device. `installations` only where there are any; `deletedAt` only where it was just deleted."""

    id: str
    app_id: int
    alias: str
    email: str | None
    devices: list[TargetOut]
    installations: list[InstallationOut] = Field(default_factory=list)
    tags: list[TagOut]
    location: str | None
    customer_id: int
    created_at: int
    updated_at: int
    deleted_at: int | None = None


class DeletedDeviceOut(DeviceOut):
    """`job` erases what runs keep about it."""

    job: str


class FailureOut(Answer):
    """A notification that did not reach it: what became of it (`kind`), and why (`code`)."""

    schedule: str
    platform: str
    kind: str
    code: str


class FoundDeviceOut(DeviceOut):
    """A device that was searched for: `stale` when it was not seen for 60 days, `dead` when FCM said that it is gone;
    either only where it is so. `user` is the identified user whose device it is."""

    email: str | None = None
    location: str | None = None
    user: str | None = None
    seen_at: int
    stale: bool | None = None
    dead: bool | None = None


class ActivityDoneOut(Answer):
    """When each was first reported of a notification (ms); null for what was not."""

    schedule: str
    platform: str
    receipt: int | None = None
    open: int | None = None
    dismiss: int | None = None


class ExportOut(Answer):
    """All that is kept about a device: itself, and its failures and activity of the last 90 days, or as long as the
    deployment keeps them. At most 1,000 of each: `truncated` says that there are more."""

    device: FoundDeviceOut
    locale: str | None
    timezone: str | None
    failures: list[FailureOut]
    activity: list[ActivityDoneOut]
    truncated: bool


def found_device_out(device: Device, now: int) -> FoundDeviceOut:
    return FoundDeviceOut(
        **device_out(device).model_dump(),
        user=device.user,
        seen_at=device.seen_at,
        stale=True if device.stale(now) else None,
        dead=True if device.dead else None,
    )


def export_out(exported: Exported, now: int) -> ExportOut:
    return ExportOut(
        device=found_device_out(exported.device, now),
        locale=exported.device.locale,
        timezone=exported.device.timezone,
        failures=[
            FailureOut(schedule=run, platform=failure.platform, kind=failure.kind, code=failure.code)
            for run, failure in exported.failures
        ],
        activity=[
            ActivityDoneOut(schedule=run, platform=platform, **{action.value: at for action, at in moments.items()})
            for run, platform, moments in exported.activity
        ],
        truncated=exported.truncated,
    )


def device_out(device: Device, deleted_at: int | None = None) -> DeviceOut:
    return DeviceOut(
        deleted_at=deleted_at,
        id=device.id,
        app_id=device.app,
        alias=device.alias,
        email=device.email,
        devices=[TargetOut(platform=t.platform, token=t.value) for t in device.targets if t.kind is TargetKind.TOKEN],
        installations=[
            InstallationOut(platform=t.platform, fid=t.value) for t in device.targets if t.kind is TargetKind.FID
        ],
        tags=[_tag_out(tag) for tag in device.tags],
        location=device.location,
        customer_id=device.customer_id,
        created_at=device.created_at,
        updated_at=device.updated_at,
    )


def _tag_out(tag: CarriedTag) -> TagOut:
    return TagOut(id=tag.id, name=tag.name, value=tag.value, tag_type=tag.type)

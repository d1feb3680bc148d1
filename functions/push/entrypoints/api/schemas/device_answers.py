"""Devices as we answer them (contract §3)."""

from pydantic import Field

from push.domain.device import CarriedTag, Device, Platform, TargetKind
from push.domain.tag import TagType
from push.entrypoints.api.schemas.wire import Answer


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
    """The whole device. `installations` only where there are any; `deletedAt` is always null."""

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


def device_out(device: Device) -> DeviceOut:
    return DeviceOut(
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

"""Devices as clients tell of them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from push.domain.device import (
    MAX_TAGS,
    MAX_TARGETS,
    TAG_NAME_BYTES,
    TAG_VALUE_LENGTH,
    TOKEN_BYTES,
    Platform,
    Sync,
    Target,
    TargetKind,
)
from push.domain.tag import TagRef, TagType
from push.entrypoints.api.schemas.wire import Alias, IntId, Wire, absent_if_empty, at_most_bytes

_ID_BYTES = 128
_FID_BYTES = 256


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    """The JavaScript SDK sends some values as numbers and truths."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


PlatformIn = Annotated[Platform, BeforeValidator(_lower)]
TagName = Annotated[
    Annotated[str, at_most_bytes(TAG_NAME_BYTES)] | None,
    BeforeValidator(lambda value: None if isinstance(value, str) and not value.strip() else value),
]
TagValue = Annotated[
    str, BeforeValidator(_as_text), Field(max_length=TAG_VALUE_LENGTH), at_most_bytes(4 * TAG_VALUE_LENGTH)
]


class TargetIn(Wire):
    platform: PlatformIn
    token: Annotated[
        str,
        Field(min_length=1, description="what the platform tells a phone; of `baidu` both ids, as `channelId|userId`"),
        at_most_bytes(TOKEN_BYTES),
    ]


class InstallationIn(Wire):
    platform: PlatformIn
    fid: Annotated[str, Field(min_length=1), at_most_bytes(_FID_BYTES)]


class TagIn(Wire):
    """By id, or by name and value. Market tags have no value."""

    id: Annotated[Annotated[str, at_most_bytes(_ID_BYTES)] | None, BeforeValidator(absent_if_empty)] = None
    name: TagName = None
    value: TagValue = ""
    tag_type: Annotated[TagType | None, BeforeValidator(absent_if_empty)] = None


def _known_type(value: Any) -> Any:
    return value if isinstance(value, str) and value in set(TagType) else None


class CarriedTagIn(TagIn):
    """As devices say it: a type that is none of HALO's four is no reason to refuse a phone."""

    tag_type: Annotated[
        TagType | None,
        BeforeValidator(_known_type),
        WithJsonSchema({"description": "one of HALO's four; anything else counts as not said"}),
    ] = None


class DeviceIn(Wire):
    """What a client says of its device. What it leaves out stays as it is; an empty list clears."""

    id: Annotated[Annotated[str, at_most_bytes(_ID_BYTES)] | None, BeforeValidator(absent_if_empty)] = None
    app_id: IntId | None = None
    alias: Annotated[Alias | None, BeforeValidator(absent_if_empty)] = None
    email: Annotated[str | None, Field(max_length=320)] = None
    devices: Annotated[list[TargetIn] | None, Field(max_length=MAX_TARGETS)] = None
    installations: Annotated[list[InstallationIn] | None, Field(max_length=MAX_TARGETS)] = None
    replace_tokens: bool = False
    tags: Annotated[list[CarriedTagIn] | None, Field(max_length=MAX_TAGS)] = None
    location: Annotated[str | None, Field(max_length=256)] = None
    locale: Annotated[str | None, Field(max_length=64)] = None
    timezone: Annotated[str | None, Field(max_length=64)] = None
    customer_id: IntId | None = None

    def sync(self) -> Sync:
        return Sync(
            id=self.id,
            alias=self.alias,
            tokens=None if self.devices is None else tuple(_target(TargetKind.TOKEN, d.token, d) for d in self.devices),
            installations=None
            if self.installations is None
            else tuple(_target(TargetKind.FID, i.fid, i) for i in self.installations),
            replace_tokens=self.replace_tokens,
            profile={name: getattr(self, name) for name in ("email", "location", "locale", "timezone", "customer_id")},
        )

    def tag_refs(self) -> list[TagRef] | None:
        if self.tags is None:
            return None
        return [TagRef(id=tag.id, name=tag.name, value=tag.value, type=tag.tag_type) for tag in self.tags]


def _target(kind: TargetKind, value: str, said: TargetIn | InstallationIn) -> Target:
    return Target(kind=kind, value=value, platform=said.platform)

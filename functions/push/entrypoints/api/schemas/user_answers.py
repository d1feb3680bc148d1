"""Identified users as servers see and change them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from push.domain.user import User
from push.entrypoints.api.cursors import write_cursor
from push.entrypoints.api.schemas.device_answers import ExportOut, FoundDeviceOut, export_out, found_device_out
from push.entrypoints.api.schemas.users import Email, Name, Url, UserOut, told
from push.entrypoints.api.schemas.wire import Alias, Answer, Wire, absent_if_empty, at_most_bytes
from push.usecases.export_user import ExportedUser
from push.usecases.link_devices import MOST, Linked

# Fields of our own answers, so that a user that was read may be put back.
READ_ONLY = frozenset({"id", "appId", "createdAt", "updatedAt"})
_DeviceId = Annotated[str, Field(min_length=1, max_length=128), at_most_bytes(128)]


class UserDetailOut(UserOut):
    """Who is `disabled` does not get in, whatever they prove."""

    app_id: int
    disabled: bool
    created_at: int
    updated_at: int


class DeletedUserOut(UserDetailOut):
    """`job` erases what is kept about the user elsewhere."""

    job: str


class UserExportOut(Answer):
    """All that is kept about a user: the profile, the account at Firebase that it belongs to, and their devices, ten at
    a time: follow `nextCursor`. What Firebase keeps itself (no password is here) its own console exports."""

    user: UserDetailOut
    identity: str | None
    devices: list[ExportOut]
    next_cursor: str | None = None


class LinkedOut(Answer):
    """`unknown`: aliases and ids that no device of the app has."""

    items: list[FoundDeviceOut]
    unknown: list[str]


_SOME: Any = {"type": "array", "minItems": 1}


class LinkIn(Wire):
    """Devices by alias, by id, or some of each."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [{"required": [name], "properties": {name: _SOME}} for name in ("aliases", "devices")]
        },
    )

    aliases: Annotated[list[Alias], Field(max_length=MOST)] = Field(default_factory=list)
    devices: Annotated[list[_DeviceId], Field(max_length=MOST)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _somebody(self) -> "LinkIn":
        if not 1 <= len(self.aliases) + len(self.devices) <= MOST:
            raise ValueError(f"must name from 1 to {MOST} aliases and devices together")
        return self


class UserChangeIn(Wire):
    """What is left out stays as it is. The email is what the user logs in with, so it may only be said as it is."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[Email | None, BeforeValidator(absent_if_empty)] = None
    name: Name | None = None
    surname: Name | None = None
    display_name: Name | None = None
    photo_url: Url | None = None
    disabled: Annotated[bool, Field(strict=True)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_only_is_ignored(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if k not in READ_ONLY} if isinstance(value, dict) else value

    def fields(self) -> dict[str, Any]:
        return self.model_dump(exclude={"email"}, exclude_none=True)


def user_detail_out(user: User) -> UserDetailOut:
    return UserDetailOut(**_detail(user))


def deleted_user_out(user: User, job: str) -> DeletedUserOut:
    return DeletedUserOut(**_detail(user), job=job)


def user_export_out(exported: ExportedUser, now: int) -> UserExportOut:
    return UserExportOut(
        user=user_detail_out(exported.user),
        identity=exported.user.identity,
        devices=[export_out(each, now) for each in exported.devices],
        next_cursor=write_cursor(None if exported.next is None else [exported.next]),
    )


def linked_out(linked: Linked) -> LinkedOut:
    return LinkedOut(items=[found_device_out(each, linked.now) for each in linked.devices], unknown=linked.unknown)


def _detail(user: User) -> dict[str, Any]:
    times = {"created_at": user.created_at, "updated_at": user.updated_at}
    return told(user) | times | {"app_id": user.app, "disabled": user.disabled}

"""Rows as HALO's API answers them, held to what our own API takes."""

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from push.domain.device import TAG_NAME_BYTES, CarriedTag, Device, apply
from push.domain.errors import TooLarge
from push.domain.ids import plausible
from push.domain.schedule import MAX_TIME_MS
from push.domain.tag import Tag, TagType
from push.domain.user import EMAIL_LENGTH, NAME_LENGTH, URL_LENGTH, User
from push.entrypoints.api.bodies import parse_object, validated
from push.entrypoints.api.schemas.devices import DeviceIn
from push.entrypoints.api.schemas.tags import MAX_DESCRIPTION, Text
from push.entrypoints.api.schemas.wire import Alias, IntId, Wire, absent_if_empty, at_most_bytes, not_blank

from .lines import Line

R = TypeVar("R", bound=BaseModel)


def _whole(value: Any) -> Any:
    """HALO's clients send moments with a fraction."""
    return int(value) if isinstance(value, float) else value


def _id_of(value: Any) -> Any:
    """What is named by its id, or given whole."""
    return value.get("id") if isinstance(value, dict) else value


def _nameable(value: str) -> str:
    if not plausible(value):
        raise ValueError("must be letters, digits, - and _, at most 64 of them")
    return value


Moment = Annotated[int, BeforeValidator(_whole), Field(strict=True, ge=0, le=MAX_TIME_MS)]
Id = Annotated[str, BeforeValidator(_id_of), AfterValidator(_nameable)]


class DeviceRow(DeviceIn):
    """A whole device. `user` is the identified user whose device it is."""

    id: Id
    alias: Alias
    user: Annotated[Id | None, BeforeValidator(absent_if_empty)] = None
    created_at: Moment | None = None
    updated_at: Moment
    deleted_at: Moment | None = None

    def device(self, app: int, tags: tuple[CarriedTag, ...]) -> Device:
        """As if the phone had told of all of it at `updatedAt`."""
        created = self.updated_at if self.created_at is None else self.created_at
        times = {"created_at": created, "updated_at": self.updated_at, "seen_at": self.updated_at}
        blank = Device(id=self.id, app=app, alias=self.alias, user=self.user, **times)
        return apply(blank, self.sync().model_copy(update={"tags": tags}), self.updated_at).device


class TagRow(Wire):
    """A tag. Without a type it is a user tag, as one that is made by hand."""

    id: Id
    name: Annotated[str, at_most_bytes(TAG_NAME_BYTES), not_blank]
    value: Text = ""
    tag_type: Annotated[TagType, BeforeValidator(lambda value: _id_of(value) or TagType.USER)] = TagType.USER
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION), at_most_bytes(4 * MAX_DESCRIPTION)] = ""
    deleted_at: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _either_name_of_the_type(cls, value: Any) -> Any:
        return {"tagType": value["type"], **value} if isinstance(value, dict) and "type" in value else value

    def tag(self) -> Tag:
        return Tag(id=self.id, name=self.name, value=self.value, type=self.tag_type, description=self.description)


_Name = Annotated[str, Field(max_length=NAME_LENGTH), at_most_bytes(4 * NAME_LENGTH)]


class LinkRow(Wire):
    """A device of a user, by alias or by id."""

    id: Id | None = None
    alias: Alias | None = None


def _as_link(value: Any) -> Any:
    return {"alias": value} if isinstance(value, str) else value


class UserRow(Wire):
    """The profile of an identified user, and their devices where the export names them."""

    id: Id
    app_id: IntId | None = None
    email: Annotated[str, Field(max_length=EMAIL_LENGTH), at_most_bytes(4 * EMAIL_LENGTH)] = ""
    name: _Name = ""
    surname: _Name = ""
    display_name: _Name | None = None
    photo_url: Annotated[str, at_most_bytes(URL_LENGTH)] | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    deleted_at: Moment | None = None
    devices: tuple[Annotated[LinkRow, BeforeValidator(_as_link)], ...] = ()
    aliases: tuple[Alias, ...] = ()

    def user(self, app: int, now: int) -> User:
        """`now` stands for moments that the row does not tell."""
        updated = next(at for at in (self.updated_at, self.created_at, now) if at is not None)
        created = updated if self.created_at is None else self.created_at
        told = {name: getattr(self, name) for name in ("id", "email", "name", "surname", "display_name", "photo_url")}
        return User(**told, app=app, created_at=created, updated_at=updated)

    def links(self) -> list[LinkRow]:
        return [*self.devices, *(LinkRow.model_validate({"alias": alias}) for alias in self.aliases)]


def parsed(line: Line, model: type[R]) -> R:
    """Raises Malformed, TooLarge and Invalid, as the API does for a body."""
    if line.text is None:
        raise TooLarge("the row is larger than 1 MiB")
    return validated(parse_object(line.text, "the row"), model)

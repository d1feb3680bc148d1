"""Tags as people make them and as we answer them (contract §3, §5)."""

import base64
import binascii
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from push.domain.device import TAG_NAME_BYTES, TAG_VALUE_LENGTH
from push.domain.errors import FieldError, Invalid
from push.domain.tag import Tag, TagType
from push.domain.tag_search import Position
from push.entrypoints.api.schemas.wire import Answer, Wire, absent_if_empty, at_most_bytes
from push.usecases.read_tag import Carried

MAX_DESCRIPTION = 1_000
READ_ONLY = frozenset({"id", "devices"})
Text = Annotated[str, Field(max_length=TAG_VALUE_LENGTH), at_most_bytes(4 * TAG_VALUE_LENGTH)]


class _TagBody(Wire):
    model_config = ConfigDict(extra="forbid")

    description: Annotated[str | None, Field(max_length=MAX_DESCRIPTION), at_most_bytes(4 * MAX_DESCRIPTION)] = None

    @model_validator(mode="before")
    @classmethod
    def _read_only_is_ignored(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if k not in READ_ONLY} if isinstance(value, dict) else value


class NewTagIn(_TagBody):
    """Only `name` is mandatory. Without a `tagType` it is a user tag."""

    name: Annotated[str, at_most_bytes(TAG_NAME_BYTES)]
    value: Text = ""
    tag_type: Annotated[TagType, BeforeValidator(lambda value: value or TagType.USER)] = TagType.USER

    @field_validator("name")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return value


class TagChangeIn(_TagBody):
    """The description can be changed; what else is sent must be as it is."""

    name: str | None = None
    value: str | None = None
    tag_type: Annotated[str | None, BeforeValidator(absent_if_empty)] = None


class TagEntryOut(Answer):
    id: str
    name: str
    value: str
    tag_type: TagType
    description: str


class CarriedOut(Answer):
    """`estimate` is null where counting takes too long, or where no app was named. Time in ms."""

    estimate: int | None
    as_of: int


class TagDetailOut(TagEntryOut):
    """`devices`: about how many devices of the app carry it."""

    devices: CarriedOut


def tag_entry_out(tag: Tag) -> TagEntryOut:
    return TagEntryOut(id=tag.id, name=tag.name, value=tag.value, tag_type=tag.type, description=tag.description)


def tag_detail_out(carried: Carried) -> TagDetailOut:
    devices = CarriedOut(estimate=carried.estimate, as_of=carried.as_of)
    return TagDetailOut(**tag_entry_out(carried.tag).model_dump(), devices=devices)


def cursor_of(position: Position | None) -> str | None:
    if position is None:
        return None
    return base64.urlsafe_b64encode("\0".join(position).encode()).decode().rstrip("=")


def position_of(cursor: str) -> Position:
    """Raises Invalid for what is no cursor of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key, id_ = base64.b64decode(padded, b"-_", validate=True).decode().split("\0")
    except (binascii.Error, ValueError):
        id_ = ""
    if not id_.isalnum() or not id_.isascii():
        message = "must be the nextCursor of an earlier page"
        raise Invalid(f"cursor {message}", [FieldError("/cursor", message)])
    return Position(key, id_)

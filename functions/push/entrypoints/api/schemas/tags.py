"""Tags as people make them and as we answer them."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from push.domain.device import TAG_NAME_BYTES, TAG_VALUE_LENGTH
from push.domain.tag import Tag, TagType
from push.entrypoints.api.schemas.wire import (
    LINE,
    NAMED,
    Answer,
    Strict,
    absent_if_empty,
    at_most_bytes,
    not_blank,
    one_line,
)
from push.usecases.read_tag import Carried

MAX_DESCRIPTION = 1_000
Text = Annotated[str, Field(max_length=TAG_VALUE_LENGTH), at_most_bytes(4 * TAG_VALUE_LENGTH)]


class _TagBody(Strict):
    READ_ONLY = frozenset({"id", "devices"})

    description: Annotated[str | None, Field(max_length=MAX_DESCRIPTION), at_most_bytes(4 * MAX_DESCRIPTION)] = None


class NewTagIn(_TagBody):
    """Only `name` is mandatory. Without a `tagType` it is a user tag."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=TAG_NAME_BYTES, json_schema_extra={"pattern": NAMED}),
        one_line,
        not_blank,
        at_most_bytes(TAG_NAME_BYTES),
    ]
    value: Annotated[Text, Field(json_schema_extra={"pattern": LINE}), one_line] = ""
    tag_type: Annotated[TagType, BeforeValidator(lambda value: value or TagType.USER)] = TagType.USER


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

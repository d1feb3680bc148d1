"""Tags: what devices carry and schedules filter by."""

import hashlib
import unicodedata
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class TagType(StrEnum):
    """HALO's `tagType` ids; language is ours."""

    DEVICE = "000000000000000000000001"
    USER = "000000000000000000000002"
    MARKET = "000000000000000000000003"
    LANGUAGE = "000000000000000000000004"


class Tag(BaseModel):
    """A tag as stored. Name and value are in the spelling of whoever made it first."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    value: str
    type: TagType
    description: str = ""


class TagRef(BaseModel):
    """A tag as a client names it: by id, or by name and value, or both."""

    model_config = ConfigDict(frozen=True)

    id: str | None = None
    name: str | None = None
    value: str = ""
    type: TagType | None = None


def fold(text: str) -> str:
    """How names and values compare: NFC, without case or surrounding space."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()


def tag_key(type_: TagType, name: str, value: str) -> str:
    """24 hex digits that are the same for every spelling of a tag: the id of a tag made on demand.

    So that two requests that make one tag at one time make one tag.
    """
    text = "\0".join((type_, fold(name), fold(value)))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def tag_keys(ref: TagRef) -> list[str]:
    """The keys a reference by name and value may have: of its type, or of any of the four."""
    types = [ref.type] if ref.type else list(TagType)
    return [tag_key(type_, ref.name or "", ref.value) for type_ in types]

"""Looking for tags: what a search asks for, and the order in which its tags stand."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from push.domain.tag import Tag, TagType, fold

# Sorts below whatever a name or value holds.
_BETWEEN = "\x01"


class Position(NamedTuple):
    """Where a tag stands in the order of a search."""

    key: str
    id: str


class TagSearch(BaseModel):
    """`name` and `value` are beginnings, in any spelling. Ordered by name, or by value where only that is asked for."""

    model_config = ConfigDict(frozen=True)

    type: TagType | None = None
    name: str = ""
    value: str = ""

    @property
    def by_value(self) -> bool:
        return bool(self.value and not self.name)

    @property
    def prefix(self) -> str:
        """What the sort key of every tag begins with that is found."""
        return fold(self.value if self.by_value else self.name)

    @property
    def exact(self) -> bool:
        """Whether the prefix says all."""
        return not (self.name and self.value)

    def position(self, tag: Tag) -> Position:
        return Position(value_key(tag) if self.by_value else name_key(tag), tag.id)

    def finds(self, tag: Tag) -> bool:
        """Among languages, also by what their codes stand for."""
        texts = [tag.value, tag.description] if self.type is TagType.LANGUAGE else [tag.value]
        return (
            self.type in (None, tag.type)
            and fold(tag.name).startswith(fold(self.name))
            and any(fold(text).startswith(fold(self.value)) for text in texts)
        )


def name_key(tag: Tag) -> str:
    return fold(tag.name) + _BETWEEN + fold(tag.value)


def end_of_name(key: str) -> str:
    """Sorts behind the keys of all tags of the same name, and before those of every other."""
    return key.partition(_BETWEEN)[0] + "\x02"


def value_key(tag: Tag) -> str:
    return fold(tag.value) + _BETWEEN + fold(tag.name)

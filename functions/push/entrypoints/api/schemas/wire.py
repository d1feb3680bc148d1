"""What all wire models share: camelCase names, null as absence, and texts that can be stored."""

import re
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

from push.domain.audience import ALIAS_BYTES

# JavaScript's clients hold integers exactly up to here.
MAX_INT = 2**53 - 1
_DIGITS = re.compile(r"[0-9]{1,16}")


class Wire(BaseModel):
    """A body as clients send it. Errors never quote what was sent: it may hold tokens."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="ignore", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


class Strict(Wire):
    """A body that people write: what it does not know is refused, since a typo would be lost silently. But fields of
    our own answers that nobody can set are left out, so that what was read may be sent back."""

    model_config = ConfigDict(extra="forbid")
    READ_ONLY: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _read_only_is_ignored(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if k not in cls.READ_ONLY} if isinstance(value, dict) else value


class Answer(BaseModel):
    """A body as we send it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


def _digits_too(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def absent_if_empty(value: Any) -> Any:
    return None if value == "" else value


class at_most_bytes:  # noqa: N801  read as a constraint in an annotation
    """Longer texts are refused, as are those with a NUL, which some of what reads them ends at."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Characters are no bytes, but no text has more of them."""
        return {"maxLength": self._most, "pattern": NO_NUL, **handler(core)}

    def _check(self, value: str) -> str:
        if "\0" in value:
            raise ValueError("must not hold a NUL character")
        if len(value) > self._most or len(value.encode()) > self._most:
            raise ValueError(f"must be at most {self._most:,} bytes long")
        return value


NO_NUL = r"^[^\x00]*$"
# Nobody types these, and consoles, logs and spreadsheets act on them.
_CONTROLS = r"\x00-\x1f\x7f-\x9f"
LINE = rf"^[^{_CONTROLS}]*$"
NAMED = rf"^[^{_CONTROLS}]*[^\s{_CONTROLS}][^{_CONTROLS}]*$"
MAX_NAME = 200


def _one_line(value: str) -> str:
    if not re.fullmatch(LINE, value):
        raise ValueError("must not hold control characters, like line breaks or tabs")
    return value


def _said_something(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


one_line = AfterValidator(_one_line)
not_blank = AfterValidator(_said_something)
# What people call a thing.
Name = Annotated[
    str, Field(min_length=1, max_length=MAX_NAME, json_schema_extra={"pattern": NAMED}), one_line, not_blank
]

# HALO's clients send ids of apps and customers as numbers and as texts.
IntId = Annotated[
    int,
    BeforeValidator(_digits_too),
    Field(strict=True, ge=0, le=MAX_INT),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MAX_INT},
                {"type": "string", "pattern": "^[0-9]{1,15}$"},
            ]
        }
    ),
]
# HALO has customers; a deployment has one, so this is taken from whoever sends it and not kept.
CustomerId = Annotated[IntId | None, Field(description="taken, and not kept: a deployment has one customer")]
Alias = Annotated[str, Field(min_length=1, max_length=ALIAS_BYTES), at_most_bytes(ALIAS_BYTES)]

"""Schedules as clients ask for them."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from push.domain.audience import MAX_ALIASES
from push.domain.schedule import MAX_TIME_MS, OnUnknown
from push.domain.tag import TagRef
from push.domain.template import Message
from push.entrypoints.api.schemas.devices import TagIn
from push.entrypoints.api.schemas.wire import (
    LINE,
    Alias,
    CustomerId,
    IntId,
    Name,
    Strict,
    absent_if_empty,
    at_most_bytes,
    one_line,
)
from push.usecases.prepare_schedule import NewSchedule

MAX_CONTENT = 128
MAX_FILTER_TAGS = 100
_NAMED = ("aliases", "users")

_Content = Annotated[
    Annotated[str, Field(max_length=MAX_CONTENT, json_schema_extra={"pattern": LINE}), one_line] | None,
    BeforeValidator(absent_if_empty),
    Field(description="what was published, by an id of your own: passed on to the app as `content`"),
]
UserId = Annotated[str, Field(min_length=1, max_length=128), at_most_bytes(128)]


def _in_ms(value: int) -> int:
    """Nobody means a day in 1970 to 1973, but who forgets the milliseconds would send to everybody at once."""
    if 10**9 <= value < 10**11:
        raise ValueError("looks like seconds: send milliseconds since 1970")
    return value


_Time = Annotated[int, Field(strict=True, ge=0, le=MAX_TIME_MS), AfterValidator(_in_ms)]


_HAS_ID: Any = {"required": ["id"], "properties": {"id": {"type": "string", "minLength": 1}}}
_HAS_NAME: Any = {"required": ["name"], "properties": {"name": {"type": "string", "pattern": "\\S"}}}


class FilterTagIn(TagIn):
    """A tag by id, or by name and value; both compare without case."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"anyOf": [_HAS_ID, _HAS_NAME]})

    @model_validator(mode="after")
    def _named(self) -> "FilterTagIn":
        if not self.id and not self.name:
            raise ValueError("must have an id, or a name and a value")
        return self

    def ref(self) -> TagRef:
        return TagRef(id=self.id, name=self.name, value=self.value, type=self.tag_type)


class ScheduleIn(Strict):
    """Only `appId` and `name` are mandatory. Neither `aliases`, `users` nor `filterTags`: everybody. Times in ms."""

    READ_ONLY = frozenset("id state createdAt updatedAt sentAt audience counts reasons reason shards".split())

    app_id: IntId
    customer_id: CustomerId = None
    name: Name
    send_on: _Time | None = None
    expires_at: _Time | None = None
    on_unknown: OnUnknown | None = None
    template: Annotated[str | None, Field(max_length=128)] = None
    content: _Content = None
    filter_tags: Annotated[list[FilterTagIn], Field(max_length=MAX_FILTER_TAGS)] = Field(default_factory=list)
    aliases: Annotated[list[Alias] | None, Field(min_length=1, max_length=MAX_ALIASES)] = None
    users: Annotated[list[UserId] | None, Field(min_length=1, max_length=MAX_ALIASES)] = None
    payload: Message | None = None
    draft: Annotated[bool, Field(strict=True, description="saved, and sent by POST …/{id}/send only")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _named_as_read(cls, value: Any) -> Any:
        """Lists of schedules leave the names out: one that is sent back from there must not become a broadcast."""
        audience = value.get("audience") if isinstance(value, dict) else None
        kind = audience.get("kind") if isinstance(audience, dict) else None
        if kind in _NAMED and all(value.get(field) is None for field in _NAMED):
            raise ValueError(f"has an audience of {kind}, and none of them: GET the schedule by its id, or name them")
        return value

    @field_validator("payload")
    @classmethod
    def _something_to_show(cls, value: Message | None, info: ValidationInfo) -> Message | None:
        """With a template that is looked at when both are one."""
        if value is not None and info.data.get("template") is None:
            value.check_shown()
        return value

    @model_validator(mode="after")
    def _one_list(self) -> "ScheduleIn":
        if self.aliases is not None and self.users is not None:
            raise ValueError("must name either aliases or users: send two notifications to reach both")
        return self

    def request(self) -> NewSchedule:
        return NewSchedule(
            app=self.app_id,
            name=self.name,
            payload=self.payload,
            template=self.template,
            content=self.content,
            filter_tags=tuple(tag.ref() for tag in self.filter_tags),
            aliases=None if self.aliases is None else tuple(dict.fromkeys(self.aliases)),
            users=None if self.users is None else tuple(dict.fromkeys(self.users)),
            send_on=self.send_on,
            expires_at=self.expires_at,
            on_unknown=self.on_unknown,
            draft=self.draft,
        )


class AliasScheduleIn(ScheduleIn):
    """The same, to the aliases that it must name."""

    aliases: Annotated[list[Alias], Field(min_length=1, max_length=MAX_ALIASES)]


class UserScheduleIn(ScheduleIn):
    """The same, to the identified users that it must name."""

    users: Annotated[list[UserId], Field(min_length=1, max_length=MAX_ALIASES)]

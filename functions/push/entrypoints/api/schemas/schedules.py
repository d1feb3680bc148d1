"""Schedules as clients ask for them (contract §4)."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, field_validator, model_validator

from push.domain.audience import MAX_ALIASES
from push.domain.payload import Payload
from push.domain.schedule import MAX_TIME_MS, OnUnknown
from push.domain.tag import TagRef
from push.entrypoints.api.schemas.devices import TagIn
from push.entrypoints.api.schemas.wire import Alias, IntId, Wire, at_most_bytes
from push.usecases.prepare_schedule import NewSchedule

MAX_NAME = 200
MAX_FILTER_TAGS = 100
# Fields of our own answers, so that a schedule that was read may be posted again as it is.
READ_ONLY = frozenset("id state createdAt updatedAt sentAt audience counts reasons reason shards".split())

UserId = Annotated[str, Field(min_length=1, max_length=128), at_most_bytes(128)]
_Time = Annotated[int, Field(strict=True, ge=0, le=MAX_TIME_MS)]


class FilterTagIn(TagIn):
    """A tag by id, or by name and value; both compare without case."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="after")
    def _named(self) -> "FilterTagIn":
        if not self.id and not self.name:
            raise ValueError("must have an id, or a name and a value")
        return self

    def ref(self) -> TagRef:
        return TagRef(id=self.id, name=self.name, value=self.value, type=self.tag_type)


class ScheduleIn(Wire):
    """Only `appId` and `name` are mandatory. Neither `aliases`, `users` nor `filterTags`: everybody. Times in ms."""

    model_config = ConfigDict(extra="forbid")

    app_id: IntId
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    send_on: _Time | None = None
    expires_at: _Time | None = None
    on_unknown: OnUnknown | None = None
    template: Annotated[str | None, Field(max_length=128)] = None
    filter_tags: Annotated[list[FilterTagIn], Field(max_length=MAX_FILTER_TAGS)] = Field(default_factory=list)
    aliases: Annotated[list[Alias] | None, Field(min_length=1, max_length=MAX_ALIASES)] = None
    users: Annotated[list[UserId] | None, Field(min_length=1, max_length=MAX_ALIASES)] = None
    payload: Payload | None = None
    draft: Annotated[bool, Field(strict=True, description="saved, and sent by POST …/{id}/send only")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_only_is_ignored(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if k not in READ_ONLY} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _one_list(self) -> "ScheduleIn":
        if self.aliases is not None and self.users is not None:
            raise ValueError("must name either aliases or users: send two notifications to reach both")
        return self

    @field_validator("name")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return value

    def request(self) -> NewSchedule:
        return NewSchedule(
            app=self.app_id,
            name=self.name,
            payload=self.payload,
            template=self.template,
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

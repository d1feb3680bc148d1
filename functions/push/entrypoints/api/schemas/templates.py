"""Templates on the wire."""

from typing import Annotated, Any

from pydantic import Field

from push.domain.template import Message, Part, Template
from push.entrypoints.api.schemas.schedule_answers import FilterTagOut, filter_tags_out, payload_out
from push.entrypoints.api.schemas.schedules import MAX_FILTER_TAGS, FilterTagIn
from push.entrypoints.api.schemas.wire import Answer, CustomerId, Name, Strict
from push.usecases.prepare_template import NewTemplate


class TemplateIn(Strict):
    """`allows`: what a sender may fill in. `filterTags`: what senders may filter by; none means any. `payload`: what
    it says by itself."""

    READ_ONLY = frozenset("id createdAt updatedAt".split())

    name: Name
    customer_id: CustomerId = None
    silent: Annotated[bool, Field(strict=True)] = False
    allows: Annotated[list[Part], Field(max_length=20)] = Field(default_factory=list)
    filter_tags: Annotated[list[FilterTagIn], Field(max_length=MAX_FILTER_TAGS)] = Field(default_factory=list)
    payload: Message = Message()

    def request(self) -> NewTemplate:
        return NewTemplate(
            name=self.name,
            silent=self.silent,
            allows=self.allows,
            tags=tuple(tag.ref() for tag in self.filter_tags),
            message=self.payload,
        )


class TemplateOut(Answer):
    id: str
    name: str
    silent: bool
    allows: list[Part]
    filter_tags: list[FilterTagOut]
    payload: dict[str, Any]
    created_at: int
    updated_at: int


def template_out(template: Template) -> TemplateOut:
    return TemplateOut(
        id=template.id,
        name=template.name,
        silent=template.silent,
        allows=list(template.allows),
        filter_tags=filter_tags_out(template.tags),
        payload=payload_out(template.message),
        created_at=template.created_at,
        updated_at=template.updated_at,
    )

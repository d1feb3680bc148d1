"""What a template is to be, checked, and ready to be stored."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from push.domain.errors import FieldError, Invalid, NotFound
from push.domain.ids import plausible
from push.domain.rendering import Content
from push.domain.tag import TagRef
from push.domain.template import Message, Part, Template
from push.ports import Tags, Templates, Versioned
from push.usecases.prepare_schedule import check_size
from push.usecases.resolve_filter import resolve_filter


class NewTemplate(BaseModel):
    """What a template is to be; `tags` as they are called."""

    model_config = ConfigDict(frozen=True)

    name: str
    silent: bool = False
    allows: Sequence[Part] = ()
    tags: tuple[TagRef, ...] = ()
    message: Message = Message()


async def prepare_template(request: NewTemplate, id: str, created_by: str, now: int, tags: Tags) -> Template:
    """A template in its first revision. Raises Invalid for what could never be sent."""
    filter_ = await resolve_filter(request.tags, tags=tags)
    try:
        template = Template(
            id=id,
            name=request.name,
            silent=request.silent,
            allows=tuple(part for part in Part if part in request.allows),
            tags=filter_.refs,
            tag_ids=tuple(sorted({tag for group in filter_.groups for tag in group})),
            message=request.message,
            created_by=created_by,
            created_at=now,
            updated_at=now,
        )
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise Invalid(message, [FieldError("/silent", message)]) from None
    # Not validated: what is to be shown may be its sender's to say.
    content = Content.model_construct(
        schedule_id=id, name=request.name, payload=template.message, template=request.name
    )
    check_size(content, now)
    return template


async def find_template(id: str, *, templates: Templates) -> Versioned[Template]:
    """Raises NotFound."""
    found = await templates.get(id) if plausible(id) else None
    if found is None:
        raise NotFound("no such template")
    return found

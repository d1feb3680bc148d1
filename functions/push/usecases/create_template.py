"""A template is made."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.ids import new_id
from push.domain.template import Template
from push.ports import Audit, Clock, Tags, Templates
from push.usecases.note_change import note_change
from push.usecases.prepare_template import NewTemplate, prepare_template
from push.usecases.settle_tags import settle_tags


async def create_template(
    caller: Caller, request: NewTemplate, *, templates: Templates, tags: Tags, audit: Audit, clock: Clock
) -> Template:
    """Raises Invalid for what could never be sent."""
    now = clock.now()
    template = await prepare_template(request, new_id(), caller.subject, now, tags)
    await templates.create(template)
    await settle_tags(template, None, templates=templates, tags=tags)
    await note_change(caller, Action.CREATE, "template", template.id, now, None, template, audit=audit)
    return template

"""A template is copied."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.ids import new_id
from push.domain.template import Template
from push.ports import Audit, Clock, Tags, Templates
from push.usecases.note_change import note_change
from push.usecases.prepare_template import find_template
from push.usecases.settle_tags import settle_tags


async def duplicate_template(
    caller: Caller, id: str, *, templates: Templates, tags: Tags, audit: Audit, clock: Clock
) -> Template:
    """With an id of its own and the same name. Raises NotFound, and Invalid where a tag of it was just deleted."""
    now = clock.now()
    fresh = {"id": new_id(), "created_by": caller.subject, "created_at": now, "updated_at": now, "revision": 1}
    copy = (await find_template(id, templates=templates)).value.model_copy(update=fresh)
    await templates.create(copy)
    await settle_tags(copy, None, templates=templates, tags=tags)
    await note_change(caller, Action.CREATE, "template", copy.id, now, None, copy, audit=audit)
    return copy

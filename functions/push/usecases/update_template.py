"""A template is edited; schedules that were stored before stay as they are."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Stale
from push.domain.template import Template
from push.ports import Audit, Clock, Console, Tags, Templates
from push.usecases.heed_console import heed_template
from push.usecases.hold_schedule import Expected, expect
from push.usecases.note_change import note_change
from push.usecases.prepare_template import NewTemplate, find_template, prepare_template
from push.usecases.settle_tags import settle_tags


async def update_template(
    caller: Caller,
    id: str,
    request: NewTemplate,
    expected: Expected,
    *,
    templates: Templates,
    tags: Tags,
    console: Console,
    audit: Audit,
    clock: Clock,
) -> Template:
    """Replaces all of it. Raises NotFound, Invalid, PreconditionFailed when it was edited since a revision that is
    `expected`, Conflict while somebody's edit of its document waits to be looked at."""
    while True:
        old, _, _ = await find_template(id, templates=templates)
        expect(old.revision, expected)
        now = clock.now()
        kept = {"created_at": old.created_at, "revision": old.revision + 1}
        new = (await prepare_template(request, id, old.created_by, now, tags)).model_copy(update=kept)
        try:
            version = await heed_template(old, console=console, templates=templates)
            await templates.replace(new, version)
        except Stale:
            continue
        await settle_tags(new, old, templates=templates, tags=tags)
        await note_change(caller, Action.UPDATE, "template", id, now, old, new, audit=audit)
        return new

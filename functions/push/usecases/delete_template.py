"""A template is removed; schedules that were made from it stay as they are."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Stale
from push.domain.template import Template
from push.ports import Clock, Console, Templates
from push.usecases.heed_console import heed_template
from push.usecases.hold_schedule import Expected, expect
from push.usecases.note_change import change_of
from push.usecases.prepare_template import find_template


async def delete_template(
    caller: Caller, id: str, expected: Expected, *, templates: Templates, console: Console, clock: Clock
) -> Template:
    """Answers it as it was. Raises NotFound, PreconditionFailed, and Conflict while somebody's edit of its document
    waits to be looked at."""
    while True:
        old, _, _ = await find_template(id, templates=templates)
        expect(old.revision, expected)
        try:
            version = await heed_template(old, console=console, templates=templates)
            noted = change_of(caller, Action.DELETE, "template", id, clock.now(), old, None)
            await templates.delete(id, version, noted)
        except Stale:
            continue
        return old

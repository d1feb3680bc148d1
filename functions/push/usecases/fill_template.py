"""The payload of a schedule that names a template: frozen from here on, whatever becomes of the template."""

from typing import NamedTuple

from push.domain.errors import invalid
from push.domain.ids import plausible
from push.domain.payload import Payload
from push.domain.schedule import Schedule
from push.domain.tag import TagRef
from push.domain.template import Message, check_offers, merge
from push.ports import Templates


class Filled(NamedTuple):
    """What is sent, and the name of the template it was made from."""

    payload: Payload | None
    name: str | None = None


async def fill_template(
    id: str | None,
    said: Message | None,
    filter_tags: tuple[TagRef, ...],
    before: Schedule | None,
    *,
    templates: Templates,
) -> Filled:
    """A schedule that is said anew as it was (`before`) stays as it was, though the template may have changed or gone.

    Raises Invalid for an unknown template, and for what the template does not allow."""
    given = None if said is None else said.payload()
    if id is None:
        return Filled(given)
    same = before if before is not None and before.template == id else None
    if same is not None and (given, filter_tags) == (same.payload, same.filter_tags):
        return Filled(same.payload, same.template_name)
    found = await templates.get(id) if plausible(id) else None
    if found is None:
        message = "no such template: GET push/template lists them"
        raise invalid("/template", message)
    template = found.value
    check_offers(template, filter_tags)
    return Filled(merge(template, given, same.payload if same else None), template.name)

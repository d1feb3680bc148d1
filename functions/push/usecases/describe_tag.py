"""A tag gets another description; what devices and schedules know it by never changes."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Conflict, FieldError, Invalid, NotFound, Stale
from push.domain.given_tags import given
from push.domain.tag import Tag
from push.ports import Audit, Clock, Console, Tags
from push.usecases.heed_console import heed_tag
from push.usecases.read_tag import UNKNOWN
from push.usecases.record_change import record_change


async def describe_tag(
    caller: Caller,
    id: str,
    said: dict[str, str | None],
    description: str | None,
    *,
    tags: Tags,
    console: Console,
    audit: Audit,
    clock: Clock,
) -> Tag:
    """`said` holds what else the caller says of it (name, value, type), which must be as it is.

    Raises NotFound, Conflict for a market or language, or while somebody's edit of its document waits to be looked at,
    and Invalid for what cannot be changed.
    """
    if given([id]):
        raise Conflict("every installation has this tag as it is: it cannot be changed")
    while True:
        tag = await tags.get(id)
        if tag is None:
            raise NotFound(UNKNOWN)
        _check_fixed(said, tag)
        if description is None or description == tag.description:
            return tag
        described = tag.model_copy(update={"description": description})
        try:
            await tags.describe(described, await heed_tag(tag, console=console, tags=tags))
        except Stale:
            continue
        await record_change(caller, Action.UPDATE, "tag", id, tag, described, audit=audit, clock=clock)
        return described


def _check_fixed(said: dict[str, str | None], tag: Tag) -> None:
    wire = {"type": "tagType"}
    fixed = [
        FieldError(f"/{wire.get(name, name)}", "cannot be changed: leave it out, or create another tag")
        for name, value in said.items()
        if value is not None and value != getattr(tag, name)
    ]
    if fixed:
        raise Invalid("a tag's name, value and type cannot be changed", fixed)

"""A template that was stored while one of its tags was deleted."""

from push.domain.errors import FieldError, Invalid, Stale
from push.domain.given_tags import given
from push.domain.template import Template
from push.ports import Tags, Templates


async def settle_tags(stored: Template, before: Template | None, *, templates: Templates, tags: Tags) -> None:
    """Called after the write: who deletes a tag looks for templates after that, too, so one of both sees the other.

    Raises Invalid naming the tags that are gone, and leaves the template as it was `before`, or none.
    """
    fixed = given(stored.tag_ids)
    gone = [id_ for id_ in stored.tag_ids if id_ not in fixed and await tags.get(id_) is None]
    if not gone:
        return
    found = await templates.get(stored.id)
    if found is not None and found.value == stored:
        try:
            if before is None:
                await templates.delete(stored.id, found.version)
            else:
                kept = before.model_copy(update={"revision": stored.revision + 1})
                await templates.replace(kept, found.version)
        except Stale:
            pass  # whoever edited it since has looked, too
    message = f"tags were deleted at this moment: {', '.join(gone)}"
    raise Invalid(f"filterTags {message}", [FieldError("/filterTags", message)])

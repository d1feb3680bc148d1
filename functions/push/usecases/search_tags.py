"""Tags in pages: those that are stored, and those that every installation has."""

from push.domain.given_tags import given_of
from push.domain.tag import Tag
from push.domain.tag_search import Position, TagSearch
from push.ports import Tags
from push.usecases.listing import Listed


async def search_tags(
    wanted: TagSearch, limit: int, offset: int, after: Position | None, count: bool, *, tags: Tags
) -> Listed[Tag, Position]:
    fixed = {tag.id: tag for tag in given_of(wanted.type) if wanted.finds(tag)}
    # With given tags in between, the store cannot tell what lies before an offset.
    skipped = offset if not fixed else 0
    stored = await tags.search(wanted, limit + offset - skipped + 1, skipped, after)
    known = fixed | {tag.id: tag for tag in stored}
    found = sorted(known.values(), key=wanted.position)
    found = [tag for tag in found if after is None or wanted.position(tag) > after][offset - skipped :]
    counted = await tags.count(wanted) if count else None
    total = None if counted is None else counted + len(fixed)
    return Listed(found[:limit], total, wanted.position(found[limit - 1]) if len(found) > limit else None)

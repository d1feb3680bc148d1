"""Which tags a device carries, from what its client calls them."""

from collections.abc import Sequence
from typing import NamedTuple

from push import logs
from push.domain.device import CarriedTag, carried
from push.domain.given_tags import GIVEN, given, given_by_keys
from push.domain.ids import plausible
from push.domain.tag import Tag, TagRef, TagType, fold, tag_key, tag_keys
from push.ports import Tags


class Resolved(NamedTuple):
    """What the device carries, and which of that nobody has stored yet."""

    carried: tuple[CarriedTag, ...]
    missing: tuple[Tag, ...]


async def resolve_tags(refs: Sequence[TagRef], *, tags: Tags) -> Resolved:
    """By id where that is known and means what the name says, else by name and value; unknown pairs become tags.

    Never refused: a tag that is neither known by its id nor named is left out.
    """
    by_id = await tags.get_many(sorted({ref.id for ref in refs if ref.id and plausible(ref.id)}))
    by_id = given({ref.id for ref in refs if ref.id and ref.id not in by_id}) | by_id
    by_key = await _by_key([ref for ref in refs if ref.name and _known(ref, by_id) is None], tags)
    stored = by_id.keys() | {tag.id for tags_ in by_key.values() for tag in tags_}
    found: list[CarriedTag] = []
    missing: dict[str, Tag] = {}
    for ref in refs:
        tag = _known(ref, by_id) or _named(ref, by_key)
        if tag is None:
            # An id of old and no name: nothing to go by. One such tag must not cost the phone its sync.
            logs.event("tag-unknown", "WARNING", tag=ref.id)
            continue
        if tag.id not in stored:
            missing.setdefault(tag.id, tag)
        found.append(carried(tag, ref.name, ref.value))
    return Resolved(tuple(found), tuple(missing.values()))


def _known(ref: TagRef, by_id: dict[str, Tag]) -> Tag | None:
    """The tag with the reference's id, unless name or value beside it say something else: those are newer."""
    tag = by_id.get(ref.id or "")
    if tag is None:
        return None
    agrees = (not ref.name or fold(ref.name) == fold(tag.name)) and (
        not ref.value or fold(ref.value) == fold(tag.value)
    )
    return tag if agrees else None


async def _by_key(refs: Sequence[TagRef], tags: Tags) -> dict[str, list[Tag]]:
    """Device tags first: nearly all are, and the store remembers what it found, not what it did not."""
    likely = {ref: tag_key(ref.type or TagType.DEVICE, ref.name or "", ref.value) for ref in refs}
    found = await tags.find_many(sorted(set(likely.values()))) if likely else {}
    found = given_by_keys(key for ref, key in likely.items() if ref.type in GIVEN) | found
    rest = {key for ref, key in likely.items() if key not in found and not ref.type for key in tag_keys(ref)}
    others = sorted(rest.difference(likely.values()))
    return found | await tags.find_many(others) if others else found


def _named(ref: TagRef, by_key: dict[str, list[Tag]]) -> Tag | None:
    """The stored tag of that name and value, device tags first; a new one if there is none."""
    if not ref.name:
        return None
    matches = [tag for key in tag_keys(ref) for tag in by_key.get(key, ())]
    if matches:
        return matches[0]
    type_ = ref.type or TagType.DEVICE
    return Tag(id=tag_key(type_, ref.name, ref.value), name=ref.name, value=ref.value, type=type_)

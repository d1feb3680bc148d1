"""Which tags a schedule filters by, from what its sender calls them."""

from collections.abc import Sequence
from typing import NamedTuple

from push.domain.audience import Groups, group
from push.domain.errors import FieldError, Invalid
from push.domain.given_tags import given, given_by_keys
from push.domain.ids import plausible
from push.domain.tag import Tag, TagRef, fold, tag_keys
from push.ports import Tags
from push.usecases.suggest_tag import no_such_tags


class Filter(NamedTuple):
    """The groups that devices are held to, and the references with their names and values filled in."""

    groups: Groups
    refs: tuple[TagRef, ...]


async def resolve_filter(refs: Sequence[TagRef], *, tags: Tags) -> Filter:
    """Raises Invalid naming each reference that no tag answers to: a schedule never goes to whom nobody meant."""
    if not refs:
        return Filter((), ())
    ids = sorted({ref.id for ref in refs if ref.id and plausible(ref.id)})
    by_id = given(ids) | await tags.get_many(ids)
    keys = {key for ref in refs if ref.id not in by_id and ref.name for key in tag_keys(ref)}
    by_key = given_by_keys(keys) | await tags.find_many(sorted(keys)) if keys else {}
    matches: list[list[Tag]] = []
    errors: list[FieldError] = []
    missing: dict[int, TagRef] = {}
    for index, ref in enumerate(refs):
        found = _found(ref, by_id, by_key)
        matches.append(found)
        if not found:
            missing[index] = ref
        elif not _agrees(ref, found[0]):
            errors.append(FieldError(f"/filterTags/{index}", "id and name or value mean two tags: send one of them"))
    errors += [FieldError(f"/filterTags/{at}", text) for at, text in (await no_such_tags(missing, tags=tags)).items()]
    if errors:
        raise Invalid("filterTags names tags that do not exist", errors)
    return Filter(group(matches), tuple(_filled(ref, found[0]) for ref, found in zip(refs, matches, strict=True)))


def _found(ref: TagRef, by_id: dict[str, Tag], by_key: dict[str, list[Tag]]) -> list[Tag]:
    if ref.id in by_id:
        return [by_id[ref.id]]
    if not ref.name:
        return []
    return list({tag.id: tag for key in tag_keys(ref) for tag in by_key.get(key, ())}.values())


def _agrees(ref: TagRef, tag: Tag) -> bool:
    return (not ref.name or fold(ref.name) == fold(tag.name)) and (not ref.value or fold(ref.value) == fold(tag.value))


def _filled(ref: TagRef, tag: Tag) -> TagRef:
    return ref.model_copy(update={"name": ref.name or tag.name, "value": ref.value or tag.value})

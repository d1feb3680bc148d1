"""Which tags somebody may have meant who named some that there are not."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from push.domain.tag import TagRef, fold
from push.domain.tag_search import TagSearch
from push.ports import Tags

# Names are few, values of one name may be many: those that are looked at, for the first few mistakes.
_NAMES = 100
_VALUES = 200
_MISTAKES = 3
_SHOWN = 3


async def no_such_tags(refs: Mapping[int, TagRef], *, tags: Tags) -> dict[int, str]:
    """For each a sentence that there is none, and what comes near it. Looks at nothing where none is missing."""
    names = await tags.names(_NAMES) if any(ref.name for ref in refs.values()) else []
    told = {}
    for number, (place, ref) in enumerate(refs.items()):
        told[place] = await _sentence(ref, names, number < _MISTAKES, tags)
    return told


async def _sentence(ref: TagRef, names: list[str], looking: bool, tags: Tags) -> str:
    if not ref.name:
        return f"there is no tag with the id {ref.id!r}"
    name = next((name for name in names if fold(name) == fold(ref.name)), None)
    if name is None:
        return f"there is no tag {ref.name!r}" + _meant(ref.name, names)
    found = await tags.search(TagSearch(name=name), _VALUES, 0, None) if looking else []
    values = [tag.value for tag in found if fold(tag.name) == fold(name)]
    if ref.value:
        return f"there is no tag {name!r} with the value {ref.value!r}" + _meant(ref.value, values)
    some = f", such as {', '.join(repr(value) for value in values[:_SHOWN])}" if values else ""
    return f"there is no tag {name!r} without a value: say which{some}"


def _meant(text: str, known: Iterable[str]) -> str:
    spellings = {fold(each): each for each in known}
    near = [spellings[each] for each in get_close_matches(fold(text), spellings, _SHOWN)]
    return f"; did you mean {' or '.join(repr(each) for each in near)}?" if near else ""

"""Languages as tags: BCP 47's own list, which langcodes ships (IANA, *Language Subtag Registry*)."""

from functools import cache

from push.domain.tag import Tag, TagType, tag_key

NAME = "Language"


@cache
def languages() -> dict[str, Tag]:
    """Those with a two-letter code, by the id of their tag: value `pt`, description `Portuguese`. Read on first use.

    The registry knows 8,000 more; whoever speaks to one of them makes its tag by hand."""
    from langcodes.registry_parser import parse_registry

    found = {}
    for entry in parse_registry():  # type: ignore[no-untyped-call]  # it says nothing of its types
        code = entry.get("Subtag", "")
        if entry.get("Type") != "language" or "Deprecated" in entry or len(code) != 2:
            continue
        id_ = tag_key(TagType.LANGUAGE, NAME, code)
        description = "; ".join(entry["Description"])
        found[id_] = Tag(id=id_, name=NAME, value=code, type=TagType.LANGUAGE, description=description)
    return found

"""Tags that every installation has without storing them: HALO's markets, and the world's languages."""

from collections.abc import Iterable
from functools import cache

from push.domain.languages import languages
from push.domain.markets import MARKETS
from push.domain.tag import Tag, TagType, tag_key

GIVEN = (TagType.MARKET, TagType.LANGUAGE)


def given(ids: Iterable[str]) -> dict[str, Tag]:
    """Those of `ids` that are given."""
    return {id_: tag for id_ in ids if (tag := MARKETS.get(id_) or languages().get(id_)) is not None}


def given_by_keys(keys: Iterable[str]) -> dict[str, list[Tag]]:
    """Those that answer to `keys` (domain.tag.tag_key)."""
    by_key = _markets_by_key()
    return {key: [tag] for key in keys if (tag := by_key.get(key) or languages().get(key)) is not None}


def given_of(type_: TagType | None) -> list[Tag]:
    """Of one type, or all."""
    markets = list(MARKETS.values()) if type_ in (None, TagType.MARKET) else []
    return markets + (list(languages().values()) if type_ in (None, TagType.LANGUAGE) else [])


@cache
def _markets_by_key() -> dict[str, Tag]:
    return {tag_key(tag.type, tag.name, tag.value): tag for tag in MARKETS.values()}

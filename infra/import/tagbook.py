"""The tags that rows name, resolved as the API resolves them, many rows at once."""

from collections import OrderedDict
from collections.abc import Sequence

from push.domain.device import CarriedTag, carried
from push.domain.given_tags import given
from push.domain.ids import plausible
from push.domain.tag import Tag, TagRef
from push.ports import Tags
from push.usecases.resolve_tags import resolve_tags

# A model of phone, a version, a language: rows name a few thousand tags again and again.
_REMEMBERED = 50_000


class TagBook:
    """`made` is called with the tags that nobody had stored, before a device carries them."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self._known: OrderedDict[TagRef, CarriedTag | None] = OrderedDict()
        self.made = 0

    async def resolve(self, rows: Sequence[Sequence[TagRef]]) -> list[tuple[list[CarriedTag], list[int]]]:
        """For each row what it carries, and the places of references that lead nowhere."""
        wanted = list(dict.fromkeys(ref for refs in rows for ref in refs))
        book = {ref: self._known[ref] for ref in wanted if ref in self._known}
        book |= await self._look_up([ref for ref in wanted if ref not in book])
        self._known.update(book)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return [
            (
                [tag for ref in refs if (tag := book[ref]) is not None],
                [place for place, ref in enumerate(refs) if book[ref] is None],
            )
            for refs in rows
        ]

    async def _look_up(self, refs: Sequence[TagRef]) -> dict[TagRef, CarriedTag | None]:
        named = [ref for ref in refs if ref.name]
        resolved = await resolve_tags(named, tags=self._tags)
        await self._make(resolved.missing)
        found: dict[TagRef, CarriedTag | None] = dict(zip(named, resolved.carried, strict=True))
        nameless = [ref for ref in refs if not ref.name]
        ids = [ref.id for ref in nameless if ref.id and plausible(ref.id)]
        by_id = given(ids) | await self._tags.get_many(ids)
        return found | {ref: carried(tag) if (tag := by_id.get(ref.id or "")) else None for ref in nameless}

    async def _make(self, missing: Sequence[Tag]) -> None:
        self.made += len(missing)
        await self._tags.create_missing(missing)

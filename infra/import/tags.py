"""Tags, with the ids that schedules and phones know them by."""

import asyncio
from collections.abc import Sequence

from push.domain.audit import Action, Change, difference
from push.domain.errors import PushError
from push.domain.given_tags import given, given_by_keys
from push.domain.ids import new_id
from push.domain.tag import Tag, tag_key
from push.ports import Audit, Clock, Tags

from .lines import Line
from .rows import TagRow, parsed
from .verdict import Notice, Outcome, Verdict, refused, refused_for

ACTOR = "import"
_TWIN = Notice("same-name", "/name", "another tag has this type, name and value: filters by name find both of them")


class TagImport:
    """`stored` tags win: a tag never changes its name, value or type."""

    def __init__(self, tags: Tags, audit: Audit, clock: Clock) -> None:
        self._tags = tags
        self._audit = audit
        self._clock = clock

    async def take(self, lines: Sequence[Line]) -> list[Verdict]:
        read = [self._read(line) for line in lines]
        tags = [each for each in read if isinstance(each, Tag)]
        by_id = await self._tags.get_many([tag.id for tag in tags])
        by_key = {key: found[0] for key, found in (await self._tags.find_many([_key(tag) for tag in tags])).items()}
        fresh: dict[str, Tag] = {}
        verdicts: list[Verdict] = []
        for each in read:
            if isinstance(each, Verdict):
                verdicts.append(each)
                continue
            verdict = _judged(each, by_id, by_key)
            verdicts.append(verdict)
            if verdict.outcome is Outcome.CREATED:
                fresh[each.id] = by_id[each.id] = each
                by_key.setdefault(_key(each), each)
        await self._tags.create_missing(list(fresh.values()))
        await asyncio.gather(*(self._note(tag) for tag in fresh.values()))
        return verdicts

    def _read(self, line: Line) -> Tag | Verdict:
        try:
            row = parsed(line, TagRow)
        except PushError as error:
            return refused_for(error)
        return row.tag() if row.deleted_at is None else Verdict(Outcome.DELETED, id=row.id)

    async def _note(self, tag: Tag) -> None:
        await self._audit.record(
            Change(
                id=new_id(),
                at=self._clock.now(),
                actor=ACTOR,
                action=Action.CREATE,
                resource="tag",
                resource_id=tag.id,
                changes=difference(None, tag),
            )
        )


def _judged(tag: Tag, by_id: dict[str, Tag], by_key: dict[str, Tag]) -> Verdict:
    if given([tag.id]) or given_by_keys([_key(tag)]):
        return Verdict(Outcome.GIVEN, id=tag.id)
    stored = by_id.get(tag.id)
    if stored is None:
        return Verdict(Outcome.CREATED, (_TWIN,) if _key(tag) in by_key else (), tag.id)
    if _key(stored) == _key(tag):
        return Verdict(Outcome.SAME, id=tag.id)
    return refused("id-taken", "another tag has this id, with another type, name or value", "/id", tag.id)


def _key(tag: Tag) -> str:
    return tag_key(tag.type, tag.name, tag.value)

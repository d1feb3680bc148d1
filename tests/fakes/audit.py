"""Who changed what, in memory."""

import builtins

from push.domain.audit import AuditSearch, Change


class FakeAudit:
    def __init__(self) -> None:
        self.kept: list[Change] = []

    async def record(self, change: Change) -> None:
        self.kept.append(change)

    async def list(
        self, wanted: AuditSearch, limit: int, offset: int, after: str | None
    ) -> tuple[list[Change], str | None]:
        found = self._found(wanted)
        found.sort(key=lambda change: (change.at, change.id), reverse=True)
        if after is not None:
            ids = [change.id for change in found]
            offset = ids.index(after) + 1 if after in ids else len(ids)
        found = found[offset:]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def count(self, wanted: AuditSearch) -> int | None:
        return len(self._found(wanted))

    def _found(self, wanted: AuditSearch) -> builtins.list[Change]:
        return [change for change in self.kept if wanted.finds(change)]

"""Who changed what, in memory."""

from push.domain.audit import Change


class FakeAudit:
    def __init__(self) -> None:
        self.kept: list[Change] = []

    async def record(self, change: Change) -> None:
        self.kept.append(change)

    async def list(
        self, resource: str | None, resource_id: str | None, limit: int, after: str | None
    ) -> tuple[list[Change], str | None]:
        found = [
            change
            for change in self.kept
            if resource in (None, change.resource) and resource_id in (None, change.resource_id)
        ]
        found.sort(key=lambda change: (change.at, change.id), reverse=True)
        if after is not None:
            ids = [change.id for change in found]
            if after not in ids:
                return [], None
            found = found[ids.index(after) + 1 :]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

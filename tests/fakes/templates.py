"""Templates, in memory."""

import builtins
from typing import Any

from push.domain.errors import Stale
from push.domain.schedule import Position
from push.domain.tag import fold
from push.domain.template import Template
from push.ports import Versioned


class FakeTemplates:
    def __init__(self) -> None:
        self.stored: dict[str, tuple[Template, int]] = {}

    async def get(self, id: str) -> Versioned[Template] | None:
        return Versioned(*self.stored[id], 0) if id in self.stored else None

    async def create(self, template: Template) -> None:
        if template.id in self.stored:
            raise Stale
        self.stored[template.id] = (template, 1)

    async def replace(self, template: Template, version: Any) -> None:
        self._guard(template.id, version)
        self.stored[template.id] = (template, version + 1)

    async def delete(self, id: str, version: Any) -> None:
        self._guard(id, version)
        del self.stored[id]

    async def using_tag(self, tag: str) -> str | None:
        return next((each.id for each, _ in self.stored.values() if tag in each.tag_ids), None)

    async def list(
        self, name: str | None, limit: int, offset: int, after: Position | None
    ) -> tuple[list[Template], Position | None]:
        found = sorted((Position(fold(each.name), 0, each.id), each) for each in self._named(name))
        rest = found[offset:] if after is None else [row for row in found if row[0] > after]
        page = rest[:limit]
        return [template for _, template in page], page[-1][0] if len(rest) > limit else None

    async def count(self, name: str | None) -> int | None:
        return len(self._named(name))

    def _named(self, name: str | None) -> builtins.list[Template]:
        return [each for each, _ in self.stored.values() if fold(each.name).startswith(fold(name or ""))]

    def _guard(self, id: str, version: Any) -> None:
        if id not in self.stored or self.stored[id][1] != version:
            raise Stale

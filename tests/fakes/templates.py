"""Templates, in memory."""

import builtins
from collections.abc import Mapping
from typing import Any

from fakes.audit import FakeAudit
from fakes.documents import Documents
from push.adapters.firestore.templates import encode
from push.domain.audit import Change
from push.domain.errors import Stale
from push.domain.schedule import Position
from push.domain.tag import fold
from push.domain.template import Template
from push.ports import Versioned


class FakeTemplates:
    """`documents` are shared with FakeConsole: a version is the document's, whoever wrote that."""

    def __init__(self, audit: FakeAudit | None = None) -> None:
        self._audit = audit or FakeAudit()
        self.stored: dict[str, tuple[Template, int]] = {}
        self.documents = Documents()

    async def get(self, id: str) -> Versioned[Template] | None:
        return Versioned(self.stored[id][0], self.version(id), 0) if id in self.stored else None

    async def create(self, template: Template) -> None:
        if template.id in self.stored:
            raise Stale
        self.put(template)

    async def replace(self, template: Template, version: Any) -> None:
        self._guard(template.id, version)
        self.put(template)

    async def delete(self, id: str, version: Any, noted: Change | None = None) -> None:
        self._guard(id, version)
        self.drop(id)
        if noted is not None:
            self._audit.kept.append(noted)

    def version(self, id: str) -> int | None:
        found = self.documents.version(id)
        return self.stored[id][1] if found is None and id in self.stored else found

    def put(self, template: Template, more: Mapping[str, Any] | None = None) -> None:
        """Accepted, and what its document says, with what else that says."""
        self.documents.put(template.id, encode(template) | dict(more or {}))
        self.stored[template.id] = (template, self.documents.version(template.id) or 0)

    def drop(self, id: str) -> None:
        self.stored.pop(id, None)
        self.documents.drop(id)

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
        if id not in self.stored or self.version(id) != version:
            raise Stale

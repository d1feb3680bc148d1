"""Documents as people write them by hand, in memory, beside the stores of what was accepted."""

from collections.abc import Mapping, Sequence
from typing import Any

from fakes.runs import FakeRuns
from fakes.tags import FakeTags
from fakes.templates import FakeTemplates
from push.adapters.firestore.console import NOTICE, accepted_before, differing, document_of, kind_of
from push.domain.errors import Stale
from push.domain.schedule import Schedule
from push.domain.template import Template
from push.ports import Versioned
from push.ports.console import Accepted, Kind, Written


class FakeConsole:
    """`put` and `delete` are what people do. What they have not touched stands as it was accepted."""

    def __init__(self, runs: FakeRuns, templates: FakeTemplates, tags: FakeTags) -> None:
        self._runs, self._templates, self._tags = runs, templates, tags
        self._documents = {
            Kind.SCHEDULES: runs.documents, Kind.TEMPLATES: templates.documents, Kind.TAGS: tags.documents,
        }  # fmt: skip

    def put(self, kind: Kind, id: str, fields: Mapping[str, Any]) -> None:
        self._documents[kind].put(id, fields)

    def edit(self, kind: Kind, id: str, **fields: Any) -> None:
        self._documents[kind].put(id, {**self.shown(kind, id), **fields})

    def delete(self, kind: Kind, id: str) -> None:
        if kind is Kind.SCHEDULES:
            self._documents[kind].drop(id)
            self._runs.schedules.pop(id, None)
        else:
            (self._templates if kind is Kind.TEMPLATES else self._tags).drop(id)

    def shown(self, kind: Kind, id: str) -> dict[str, Any]:
        written = self._written(kind, id)
        return {} if written is None else dict(written.fields)

    async def read(self, kind: Kind, id: str) -> Written | None:
        return self._written(kind, id)

    def edits(self, written: Written, accepted: Accepted) -> frozenset[str]:
        return differing(written.fields, document_of(accepted))

    def said_before(self, kind: Kind, id: str, written: Written) -> Accepted | None:
        return accepted_before(kind, id, written.fields)

    async def tell(self, kind: Kind, id: str, told: Mapping[str, Any], version: Any) -> None:
        self._guard(kind, id, version)
        self.edit(kind, id, **told)

    async def write(self, accepted: Accepted, version: Any, notice: str | None = None) -> None:
        kind = kind_of(accepted)
        self._guard(kind, accepted.id, version)
        told = {} if notice is None else {NOTICE: notice}
        if isinstance(accepted, Schedule):
            self._documents[kind].put(accepted.id, document_of(accepted) | told)
            self._runs.schedules[accepted.id] = accepted
        elif isinstance(accepted, Template):
            self._templates.put(accepted, told)
        else:
            self._tags.put(accepted, told)

    async def outdated(self, kind: Kind, after: str, limit: int) -> tuple[Sequence[Versioned[Accepted]], str | None]:
        ids = [id for id in sorted(self._documents[kind].ids()) if id > after][:limit]
        written = [(id, *found) for id in ids if (found := self._documents[kind].get(id)) is not None]
        before = [(accepted_before(kind, id, fields), version) for id, fields, version in written]
        outdated = [Versioned(accepted, version, 0) for accepted, version in before if accepted is not None]
        return outdated, ids[-1] if len(ids) == limit else None

    def _written(self, kind: Kind, id: str) -> Written | None:
        found = self._documents[kind].get(id)
        if found is not None:
            return Written(*found, self._documents[kind].age_ms)
        accepted = self._accepted(kind, id)
        if accepted is None:
            return None
        version = self._templates.version(id) if kind is Kind.TEMPLATES else self._tags.version(id)
        return Written(document_of(accepted), version, self._documents[kind].age_ms)

    def _accepted(self, kind: Kind, id: str) -> Accepted | None:
        if kind is Kind.TEMPLATES and id in self._templates.stored:
            return self._templates.stored[id][0]
        return self._tags.stored.get(id) if kind is Kind.TAGS else None

    def _guard(self, kind: Kind, id: str, version: Any) -> None:
        written = self._written(kind, id)
        if version != (None if written is None else written.version):
            raise Stale

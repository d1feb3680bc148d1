"""Documents as people write them in the Firebase console: `schedules/{id}`, `templates/{id}`, `tags/{id}`."""

from collections.abc import Mapping
from typing import Any

from push.adapters.firestore import schedules, tag_documents, templates
from push.adapters.firestore.client import Database, is_document_id
from push.adapters.firestore.raw import creation, overwriting, replacing
from push.domain.schedule import Schedule
from push.domain.template import Template
from push.ports.console import Accepted, Kind, Written

PROBLEM, NOTICE = "problem", "notice"


class FirestoreConsole:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, kind: Kind, id: str) -> Written | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._at(kind, id))
        return Written(snapshot.to_dict(), snapshot.update_time) if snapshot.exists else None

    def edits(self, written: Written, accepted: Accepted) -> frozenset[str]:
        return differing(written.fields, document_of(accepted))

    async def tell(self, kind: Kind, id: str, told: Mapping[str, str | None], version: Any) -> None:
        reference = self._at(kind, id)
        await self._database.guarded(
            reference,
            version,
            lambda batch: batch._add_write_pbs([replacing(reference, told, version)]),
            lambda stored: all(stored.get(name) == value for name, value in told.items()),
        )

    async def write(self, accepted: Accepted, version: Any, notice: str | None = None) -> None:
        reference = self._at(kind_of(accepted), accepted.id)
        document = document_of(accepted) | ({} if notice is None else {NOTICE: notice})
        write = creation(reference, document) if version is None else overwriting(reference, document, version)
        await self._database.guarded(
            reference, version, lambda batch: batch._add_write_pbs([write]), lambda stored: stored == document
        )

    def _at(self, kind: Kind, id: str) -> Any:
        return self._database.client.document(f"{kind}/{id}")


def kind_of(accepted: Accepted) -> Kind:
    if isinstance(accepted, Schedule):
        return Kind.SCHEDULES
    return Kind.TEMPLATES if isinstance(accepted, Template) else Kind.TAGS


def document_of(accepted: Accepted) -> dict[str, Any]:
    """What its document says when nobody has edited it."""
    if isinstance(accepted, Schedule):
        return schedules.encode(accepted)
    return templates.encode(accepted) if isinstance(accepted, Template) else tag_documents.encode(accepted)


def differing(fields: Mapping[str, Any], document: Mapping[str, Any]) -> frozenset[str]:
    """A field that is absent and one that holds nothing are the same."""
    names = (fields.keys() | document.keys()) - {PROBLEM, NOTICE}
    return frozenset(name for name in names if fields.get(name) != document.get(name))

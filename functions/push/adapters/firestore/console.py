"""Documents as people write them in the Firebase console: `schedules/{id}`, `templates/{id}`, `tags/{id}`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from google.api_core import exceptions as google

from push import logs
from push.adapters.firestore import schedules, tag_documents, templates
from push.adapters.firestore.client import Database, holds, is_document_id, versioned
from push.adapters.firestore.errors import translated
from push.adapters.firestore.raw import creation, overwriting, replacing
from push.domain.schedule import Schedule
from push.domain.template import Template
from push.ports import Versioned
from push.ports.console import Accepted, Kind, Written

PROBLEM, NOTICE = "problem", "notice"
_DECODE: Mapping[Kind, Callable[[Mapping[str, Any]], Accepted]] = {
    Kind.SCHEDULES: schedules.decode,
    Kind.TEMPLATES: templates.decode,
    Kind.TAGS: tag_documents.decode,
}


class FirestoreConsole:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, kind: Kind, id: str) -> Written | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._at(kind, id))
        return Written(*versioned(snapshot, snapshot.to_dict())) if snapshot.exists else None

    def edits(self, written: Written, accepted: Accepted) -> frozenset[str]:
        return differing(written.fields, document_of(accepted))

    def said_before(self, kind: Kind, id: str, written: Written) -> Accepted | None:
        return accepted_before(kind, id, written.fields)

    async def tell(self, kind: Kind, id: str, told: Mapping[str, Any], version: Any) -> None:
        reference = self._at(kind, id)
        try:
            await self._database.guarded(
                reference,
                version,
                lambda batch: batch._add_write_pbs([replacing(reference, told, version)]),
                lambda stored: holds(stored, told),
            )
        except google.InvalidArgument as error:
            # A document of almost 1 MiB has no room for another word, and asking again would make none.
            logs.event("document-not-told", "WARNING", kind=kind.value, document=id, error=str(error)[:200])

    async def write(self, accepted: Accepted, version: Any, notice: str | None = None) -> None:
        reference = self._at(kind_of(accepted), accepted.id)
        document = document_of(accepted) | ({} if notice is None else {NOTICE: notice})
        write = creation(reference, document) if version is None else overwriting(reference, document, version)
        await self._database.guarded(
            reference, version, lambda batch: batch._add_write_pbs([write]), lambda stored: stored == document
        )

    async def outdated(self, kind: Kind, after: str, limit: int) -> tuple[Sequence[Versioned[Accepted]], str | None]:
        documents = self._database.client.collection(kind.value)
        query = documents.order_by("__name__").limit(limit)
        if after:
            query = query.start_after({"__name__": documents.document(after)})
        with translated():
            found = [snapshot async for snapshot in query.stream()]
        before = [(snapshot, accepted_before(kind, snapshot.id, snapshot.to_dict())) for snapshot in found]
        outdated = [versioned(snapshot, accepted) for snapshot, accepted in before if accepted is not None]
        return outdated, str(found[-1].id) if len(found) == limit else None

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


def accepted_before(kind: Kind, id: str, document: Mapping[str, Any]) -> Accepted | None:
    """What an older release accepted. None for what says it in this one's words, and for what nobody has accepted, such
    as somebody's copy of it under another id."""
    told = document.get("appId") if kind is Kind.SCHEDULES else document.get("accepted")
    if told is not None:
        return None
    try:
        accepted = _DECODE[kind](document)
    except ValueError:
        return None
    return accepted if accepted.id == id else None


def differing(fields: Mapping[str, Any], document: Mapping[str, Any]) -> frozenset[str]:
    """A field that is absent and one that holds nothing are the same."""
    names = (fields.keys() | document.keys()) - {PROBLEM, NOTICE}
    return frozenset(name for name in names if fields.get(name) != document.get(name))

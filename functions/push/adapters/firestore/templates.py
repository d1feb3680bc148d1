"""`templates/{id}`, as people read and edit them in the console, with `nameKey`: the name as names compare.

`accepted` is the template as it was accepted, as text: what people write beside it counts when ingest has looked at it.
A document without it is nobody's template yet.
"""

from collections.abc import Mapping
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push import logs
from push.adapters.firestore import audit
from push.adapters.firestore.client import Database, is_document_id, versioned
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.counting import counted
from push.adapters.firestore.errors import translated
from push.adapters.firestore.messages import payload_document, tags_document
from push.adapters.firestore.raw import overwriting
from push.adapters.firestore.schedules import LAST
from push.domain.audit import Change
from push.domain.schedule import Position
from push.domain.tag import fold
from push.domain.template import Template
from push.ports import Versioned

_CODEC = Codec(Template, times=("created_at", "updated_at"))
# As templates were stored before they were to be edited by hand.
_BEFORE = Codec(Template, times=("created_at", "updated_at"), texts=("message",))


class FirestoreTemplates:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, id: str) -> Versioned[Template] | None:
        if not is_document_id(id):
            return None
        snapshot = await self._database.read(self._document(id))
        return _readable(snapshot) if snapshot.exists else None

    async def create(self, template: Template) -> None:
        document = encode(template)
        template_at = self._document(template.id)
        await self._database.guarded(
            template_at, None, lambda batch: batch.create(template_at, document), lambda stored: stored == document
        )

    async def replace(self, template: Template, version: Any) -> None:
        document = encode(template)
        template_at = self._document(template.id)
        await self._database.guarded(
            template_at,
            version,
            lambda batch: batch._add_write_pbs([overwriting(template_at, document, version)]),
            lambda stored: stored == document,
        )

    async def delete(self, id: str, version: Any, noted: Change | None = None) -> None:
        template_at = self._document(id)

        def fill(batch: Any) -> None:
            batch.delete(template_at, option=self._database.unchanged_since(version))
            if noted is not None:
                batch.set(self._database.client.document(f"audit/{noted.id}"), audit.encode(noted))

        await self._database.guarded(template_at, version, fill, lambda _: False)

    async def using_tag(self, tag: str) -> str | None:
        templates = self._database.client.collection("templates")
        query = templates.where(filter=FieldFilter("tagIds", "array_contains", tag))
        with translated():
            async for snapshot in query.select([]).limit(1).stream():
                return str(snapshot.id)
        return None

    async def list(
        self, name: str | None, limit: int, offset: int, after: Position | None
    ) -> tuple[list[Template], Position | None]:
        query = self._query(name).order_by("nameKey").order_by("__name__")
        if after is not None:
            if not is_document_id(after.id):
                return [], None
            query = query.start_after({"nameKey": after.key, "__name__": self._document(after.id)})
        elif offset:
            query = query.offset(offset)
        with translated():
            found = [snapshot async for snapshot in query.limit(limit + 1).stream()]
        page = [each.value for snapshot in found[:limit] if (each := _readable(snapshot)) is not None]
        last = found[limit - 1] if len(found) > limit else None
        return page, None if last is None else Position(last.get("nameKey"), 0, last.id)

    async def count(self, name: str | None) -> int | None:
        return await counted(self._query(name))

    def _document(self, id: str) -> Any:
        return self._database.client.document(f"templates/{id}")

    def _query(self, name: str | None) -> Any:
        templates = self._database.client.collection("templates")
        if name is None:
            return templates
        begins = FieldFilter("nameKey", ">=", fold(name))
        return templates.where(filter=begins).where(filter=FieldFilter("nameKey", "<=", fold(name) + LAST))


def encode(template: Template) -> dict[str, Any]:
    document = _CODEC.encode(template)
    del document["message"], document["tags"]
    return document | {
        "payload": payload_document(template.message),
        "filterTags": tags_document(template.tags),
        "nameKey": fold(template.name),
        "accepted": template.model_dump_json(),
    }


def decode(document: Mapping[str, Any]) -> Template:
    """As it was accepted. Raises ValueError for what is none, or none yet."""
    return _BEFORE.decode(document) if document.get("accepted") is None else _CODEC.accepted(document)


def _readable(snapshot: Any) -> Versioned[Template] | None:
    try:
        template = decode(snapshot.to_dict())
    except ValueError as error:
        logs.event("template-unreadable", "INFO", template=snapshot.id, error=str(error))
        return None
    # A copy of another one's document, with what that was accepted as.
    return versioned(snapshot, template) if template.id == snapshot.id else None

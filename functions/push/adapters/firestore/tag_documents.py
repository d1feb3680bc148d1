"""A tag as a document, and the query that finds it by how its name or value begins.

`key` is the hash of type, name and value that finds a tag in any spelling; `byName` and `byValue` are what tags are
ordered and searched by. `accepted` is the tag as it was accepted, as text: what people write beside it in the console
counts when ingest has looked at it. A document without it, or the fields of before, is nobody's tag yet.
"""

from collections.abc import Mapping
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push import logs
from push.adapters.firestore.codec import Codec
from push.domain.tag import Tag, tag_key
from push.domain.tag_search import Position, TagSearch, name_key, value_key

_CODEC = Codec(Tag)
SCANNED = 10_000
_LAST = "\U0010ffff"


def encode(tag: Tag) -> dict[str, Any]:
    key = tag_key(tag.type, tag.name, tag.value)
    document = _CODEC.encode(tag)
    document["tagType"] = document.pop("type")
    found_by = {"key": key, "byName": name_key(tag), "byValue": value_key(tag)}
    return document | found_by | {"accepted": tag.model_dump_json()}


def decode(document: Mapping[str, Any]) -> Tag:
    """As it was accepted. Raises ValueError for what is none, or none yet."""
    return _CODEC.decode(document) if document.get("accepted") is None else _CODEC.accepted(document)


def readable(snapshot: Any) -> Tag | None:
    try:
        tag = decode(snapshot.to_dict())
    except ValueError as error:
        logs.event("tag-unreadable", "INFO", tag=snapshot.id, error=str(error))
        return None
    # A copy of another one's document, with what that was accepted as.
    return tag if tag.id == snapshot.id else None


def tag_query(tags: Any, wanted: TagSearch, after: Position | None) -> Any:
    """Tags that begin as `wanted` says, after a position, in order."""
    field = "byValue" if wanted.by_value else "byName"
    query = tags
    if wanted.type is not None:
        query = query.where(filter=FieldFilter("tagType", "==", wanted.type.value))
    if wanted.prefix:
        query = query.where(filter=FieldFilter(field, ">=", wanted.prefix))
        query = query.where(filter=FieldFilter(field, "<", wanted.prefix + _LAST))
    query = query.order_by(field).order_by("__name__")
    return query if after is None else query.start_after({field: after.key, "__name__": tags.document(after.id)})

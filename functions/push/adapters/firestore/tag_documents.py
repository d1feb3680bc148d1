"""A tag as a document, and the query that finds it by how its name or value begins.

`key` is the hash of type, name and value that finds a tag in any spelling; `byName` and `byValue` are what tags are
ordered and searched by.
"""

from collections.abc import Mapping
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.codec import Codec
from push.domain.tag import Tag, tag_key
from push.domain.tag_search import Position, TagSearch, name_key, value_key

_CODEC = Codec(Tag)
SCANNED = 10_000
_LAST = "\U0010ffff"


def encode(tag: Tag) -> dict[str, Any]:
    key = tag_key(tag.type, tag.name, tag.value)
    return _CODEC.encode(tag) | {"key": key, "byName": name_key(tag), "byValue": value_key(tag)}


def decode(document: Mapping[str, Any]) -> Tag:
    return _CODEC.decode(document)


def tag_query(tags: Any, wanted: TagSearch, after: Position | None) -> Any:
    """Tags that begin as `wanted` says, after a position, in order."""
    field = "byValue" if wanted.by_value else "byName"
    query = tags
    if wanted.type is not None:
        query = query.where(filter=FieldFilter("type", "==", wanted.type.value))
    if wanted.prefix:
        query = query.where(filter=FieldFilter(field, ">=", wanted.prefix))
        query = query.where(filter=FieldFilter(field, "<", wanted.prefix + _LAST))
    query = query.order_by(field).order_by("__name__")
    return query if after is None else query.start_after({field: after.key, "__name__": tags.document(after.id)})

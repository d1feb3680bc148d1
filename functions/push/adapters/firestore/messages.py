"""Payloads and tags as people read and write them in the console: what is not said is not there.

`extra` is any JSON, which Firestore cannot hold: it is kept as text.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from push.domain.payload import Payload
from push.domain.tag import TagRef


def payload_document(payload: Payload) -> dict[str, Any]:
    said = payload.model_dump(mode="json")
    notification = _said(said["notification"])
    data = _said({name: value for name, value in said["data"].items() if name != "custom"})
    if "extra" in data:
        data["extra"] = json.dumps(data["extra"], ensure_ascii=False)
    return {"notification": notification, "data": data | payload.data.custom}


def tags_document(refs: Iterable[TagRef]) -> list[dict[str, Any]]:
    fields = {"id": "id", "name": "name", "value": "value", "type": "tagType"}
    return [{fields[name]: value for name, value in _said(ref.model_dump(mode="json")).items()} for ref in refs]


def tags_of(stored: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`type` is how it was called before."""
    return [{**tag, "type": tag.get("tagType", tag.get("type"))} for tag in stored]


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}

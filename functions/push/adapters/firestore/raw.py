"""Documents as protobuf messages, made directly: where there are thousands, the client's own wrappers take most of the
time (ten times as long as this)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from google.cloud.firestore_v1.types import write as write_types

_Write = write_types.Write.pb()


def creation(reference: Any, document: Mapping[str, Any]) -> Any:
    """A write that makes a document, and is refused where there is one."""
    write = _update(reference, document)
    write.current_document.exists = False
    return write_types.Write.wrap(write)


def replacing(reference: Any, document: Mapping[str, Any], version: Any) -> Any:
    """A write that sets these fields of a document, whole, and is refused where it is not at `version` any more.

    All names must be identifiers, which need no quotes in a path."""
    write = _update(reference, document)
    write.update_mask.field_paths.extend(sorted(document))
    write.current_document.update_time.CopyFrom(version.timestamp_pb())
    return write_types.Write.wrap(write)


def overwriting(reference: Any, document: Mapping[str, Any], version: Any = None) -> Any:
    """A write that makes all of a document anew, so that fields which somebody added are gone. Refused where it is not
    at `version` any more; without one, where there is no document."""
    write = _update(reference, document)
    if version is None:
        write.current_document.exists = True
    else:
        write.current_document.update_time.CopyFrom(version.timestamp_pb())
    return write_types.Write.wrap(write)


def merging(reference: Any, fields: Mapping[str, Any], least: Mapping[str, int]) -> Any:
    """A write that changes fields of a document, of objects in it only what they name, and leaves the others; makes the
    document if need be. Each of `least` becomes that number, unless it is a smaller one already.

    All names must be identifiers, which need no quotes in a path."""
    write = _update(reference, fields)
    for name, value in fields.items():
        below = [f"{name}.{key}" for key in value] if isinstance(value, Mapping) else [name]
        write.update_mask.field_paths.extend(below)
    for name, number in least.items():
        transform = write.update_transforms.add()
        transform.field_path = name
        transform.minimum.integer_value = number
    return write_types.Write.wrap(write)


def _update(reference: Any, document: Mapping[str, Any]) -> Any:
    write = _Write()
    write.update.name = reference._document_path
    _fill(write.update.fields, document)
    return write


def _fill(fields: Any, document: Mapping[str, Any]) -> None:
    for name, value in document.items():
        _set(fields[name], value)


def _set(message: Any, value: Any) -> None:
    """What codecs make of models: no references, no points, no bytes."""
    if value is None:
        message.null_value = 0
    elif isinstance(value, bool):
        message.boolean_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, int):
        message.integer_value = value
    elif isinstance(value, float):
        message.double_value = value
    elif isinstance(value, datetime):
        message.timestamp_value.FromDatetime(value)
    elif isinstance(value, Mapping):
        message.map_value.SetInParent()
        _fill(message.map_value.fields, value)
    elif isinstance(value, list | tuple):
        message.array_value.SetInParent()
        for item in value:
            _set(message.array_value.values.add(), item)
    else:
        raise TypeError(f"cannot store {type(value).__name__}")

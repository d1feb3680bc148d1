"""The query behind a search for devices. Firestore narrows by one thing; the rest is compared as the devices pass."""

from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import is_document_id
from push.domain.device_search import DeviceSearch

SCANNED = 1_000
# The highest code point: every text that begins with a prefix sorts below the prefix and this.
_LAST = "\U0010ffff"


def device_query(devices: Any, wanted: DeviceSearch, after: str | None) -> Any:
    """Devices that may answer to `wanted`, after a position; None for a position that nothing can have."""
    if wanted.alias_prefix is not None:
        return _by_prefix(devices, wanted, after)
    query = devices
    if wanted.user is not None:
        query = query.where(filter=FieldFilter("user", "==", wanted.user))
    elif wanted.tags:
        query = query.where(filter=FieldFilter("tagIds", "array_contains", wanted.tags[0]))
    if after is not None:
        if not is_document_id(after):
            return None
        query = query.where(filter=FieldFilter("__name__", ">", devices.document(after)))
    return query.order_by("__name__").limit(SCANNED)


def position(snapshot: Any, wanted: DeviceSearch) -> str:
    """Where a device stands in the order of the search."""
    return str(snapshot.get("alias")) if wanted.alias_prefix is not None else str(snapshot.id)


def _by_prefix(devices: Any, wanted: DeviceSearch, after: str | None) -> Any:
    prefix = wanted.alias_prefix or ""
    query = devices.where(filter=FieldFilter("alias", "<", prefix + _LAST))
    if after is None or after < prefix:
        query = query.where(filter=FieldFilter("alias", ">=", prefix))
    else:
        query = query.where(filter=FieldFilter("alias", ">", after))
    return query.order_by("alias").limit(SCANNED)

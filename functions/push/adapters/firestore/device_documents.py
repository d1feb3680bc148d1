"""The documents of devices and of the audience, and where they are."""

from collections.abc import Mapping
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import VERSION, Codec, at, ms
from push.domain.device import Device, Target
from push.domain.ids import Keys
from push.ports import Known

_CODEC = Codec(Device, times=("created_at", "updated_at", "seen_at", "dead_at"))


class Places:
    """References to an app's devices and targets, by their keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def devices(self, app: int) -> Any:
        return self._database.client.collection(f"apps/{app}/devices")

    def device(self, app: int, key: str) -> Any:
        return self._database.client.document(f"apps/{app}/devices/{key}")

    def target(self, app: int, key: str) -> Any:
        return self._database.client.document(f"apps/{app}/targets/{key}")

    def by_id(self, app: int, id: str) -> Any:
        """The query for the device that clients know by this id."""
        return self.devices(app).where(filter=FieldFilter("id", "==", id)).limit(1)


def encode(device: Device, keys: Keys) -> dict[str, Any]:
    """`tagIds` is what devices are searched by: the tags themselves stand in maps, which no index sees into."""
    document = _CODEC.encode(device)
    document["tagIds"] = [tag.id for tag in device.tags]
    document["targets"] = [target_entry(t, keys.target(t.kind, t.value)) for t in device.targets]
    return document


def decode(document: Mapping[str, Any]) -> Device:
    return _CODEC.decode(document)


def known_of(document: Mapping[str, Any]) -> Known:
    return Known(document["id"], document["alias"], ms(document["updatedAt"]), document.get("user"))


def target_entry(target: Target, key: str) -> dict[str, str]:
    """A target as its device names it. Exactly this map is what ArrayRemove takes off again."""
    return {"kind": target.kind.value, "value": target.value, "platform": target.platform.value, "key": key}


def target_document(device: Device, device_key: str, target: Target, registered_at: int) -> dict[str, Any]:
    copied = {"user": device.user, "locale": device.locale, "timezone": device.timezone}
    return {
        "v": VERSION,
        "kind": target.kind.value,
        "value": target.value,
        "platform": target.platform.value,
        "registeredAt": at(registered_at),
        "seenAt": at(device.seen_at),
        "device": device_key,
        "deviceId": device.id,
        "tags": {tag.id: True for tag in device.tags},
        **copied,
    }

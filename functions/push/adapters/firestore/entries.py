"""A target document as an entry of the audience. One that cannot be read stops nobody else."""

from typing import Any

from push import logs
from push.adapters.firestore.client import NANOS
from push.domain.device import Platform, Target, TargetKind
from push.domain.page import UNREADABLE, Entry
from push.domain.rendering import SNS_PLATFORMS

_PLATFORMS = {platform.value: platform for platform in Platform}
_KINDS = {kind.value: kind for kind in TargetKind}
_FIELDS = set(Target.model_fields)
_new = Target.__new__
_set = object.__setattr__
SEEN_FIELDS = ("seenAt", "registeredAt")


def streamed_entry(key: str, stored: Any, version: Any) -> Entry:
    """From the fields of a protobuf message."""
    device, device_id = stored["device"].string_value, stored["deviceId"].string_value
    kind = _KINDS.get(stored["kind"].string_value)
    platform = _PLATFORMS.get(stored["platform"].string_value)
    if kind is None or platform is None:
        return _unreadable(key, device, device_id)
    target = _target(kind, stored["value"].string_value, platform)
    # As it stands in the message it would keep all of that in memory, for as long as its page is under way.
    entry = Entry(key, key, target, device, device_id, version.seconds * NANOS + version.nanos)
    return entry._replace(endpoint=stored["endpoint"].string_value) if platform in SNS_PLATFORMS else entry


def _target(kind: TargetKind, value: str, platform: Platform) -> Target:
    """What `Target.model_construct` makes, in a third of its time: nothing here is validated or left out."""
    target = _new(Target)
    _set(target, "__dict__", {"kind": kind, "value": value, "platform": platform})
    _set(target, "__pydantic_fields_set__", _FIELDS)
    _set(target, "__pydantic_extra__", None)
    _set(target, "__pydantic_private__", None)
    return target


def seen_at(stored: Any) -> int:
    """When a target was last heard of (ms), from the fields of a protobuf message; 0 where nobody knows."""
    for name in SEEN_FIELDS:
        moment = stored[name].timestamp_value
        if moment.seconds:
            return int(moment.ToMilliseconds())
    return 0


def read_entry(snapshot: Any) -> Entry:
    """From the client's own snapshot."""
    stored = snapshot.to_dict()
    try:
        target = Target(kind=stored["kind"], value=stored["value"], platform=stored["platform"])
        entry = Entry(snapshot.id, snapshot.id, target, stored["device"], stored["deviceId"], snapshot.update_time)
        return entry._replace(endpoint=stored.get("endpoint") or "")
    except (KeyError, ValueError):
        return _unreadable(snapshot.id, str(stored.get("device", "")), str(stored.get("deviceId", "")))


def _unreadable(key: str, device: str, device_id: str) -> Entry:
    """A newer release's target, or one broken by hand: it gets an outcome of its own, and stops nobody else."""
    logs.event("target-unreadable", "ERROR", target=key)
    return Entry(key, key, None, device, device_id, note=UNREADABLE)

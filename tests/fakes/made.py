"""Things to store, made with as few words as a test needs."""

from typing import Any

from push.domain.audience import Audience
from push.domain.device import CarriedTag, Device, Platform, Target, TargetKind
from push.domain.payload import Payload
from push.domain.rendering import Content
from push.domain.run import Run
from push.domain.schedule import Schedule, State
from push.domain.shard import Shard, Source
from push.domain.tag import TagType

DAY_MS = 24 * 3_600_000


def target(value: str, platform: Platform = Platform.ANDROID, kind: TargetKind = TargetKind.TOKEN) -> Target:
    return Target(kind=kind, value=value, platform=platform)


def device(number: int, *values: str, tags: tuple[str, ...] = (), **fields: Any) -> Device:
    """Device `number`, with a target for each value (default one)."""
    known: dict[str, Any] = {
        "id": f"{number:024x}",
        "app": 1,
        "alias": f"alias-{number}",
        "targets": tuple(target(value) for value in values or (f"token-{number}",)),
        "tags": tuple(CarriedTag(id=tag, name=f"name {tag}", value="v", type=TagType.DEVICE) for tag in tags),
        "created_at": 1_000,
        "updated_at": 1_000,
        "seen_at": 1_000,
    }
    return Device(**known | fields)


PAYLOAD = Payload.model_validate(
    {
        "notification": {"title": "Autumn", "body": "wines"},
        "data": {"extra": {"deep": [[1, [2]]], "": 1}, "url": "app://wines", "custom": {"a": [[1]]}},
    }
)


def schedule(id: str = "s" * 24, **fields: Any) -> Schedule:
    known: dict[str, Any] = {
        "id": id,
        "app": 1,
        "name": "Autumn wines",
        "payload": PAYLOAD,
        "audience": Audience(groups=(("a" * 24, "b" * 24), ("c" * 24,))),
        "send_on": 5_000,
        "expires_at": 5_000 + DAY_MS,
        "state": State.SCHEDULED,
        "created_by": "user:1",
        "created_at": 1_000,
        "updated_at": 1_000,
    }
    return Schedule(**known | fields)


def run(id: str = "s" * 24, **fields: Any) -> Run:
    known: dict[str, Any] = {
        "id": id,
        "schedule": id,
        "app": 1,
        "firebase_project": "demo",
        "state": State.SCHEDULED,
        "wake_at": 35_000,
        "send_on": 5_000,
        "expires_at": 5_000 + DAY_MS,
        "audience": Audience(groups=(("a" * 24, "b" * 24), ("c" * 24,))),
        "content": Content(schedule_id=id, name="Autumn wines", payload=PAYLOAD),
        "created_at": 1_000,
    }
    return Run(**known | fields)


def shard(id: str = "0", run: str = "s" * 24, **fields: Any) -> Shard:
    known: dict[str, Any] = {
        "id": id, "run": run, "planned": True, "source": Source.RANGE, "due_at": 1_000, "attempt": 1, "worker": "w1",
    }  # fmt: skip
    return Shard(**known | fields)

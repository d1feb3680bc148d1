"""An audience in the emulator: targets alone, which is all that `deliver` reads, and a run that sends to them."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from push.adapters.firestore.device_documents import target_document
from push.adapters.firestore.raw import creation
from push.bootstrap import Container
from push.domain.app import App
from push.domain.audience import Audience
from push.domain.device import CarriedTag, Device, Platform, Target, TargetKind
from push.domain.ids import new_id
from push.domain.keyspace import shards_for
from push.domain.payload import Payload
from push.domain.rendering import Content
from push.domain.run import Run
from push.domain.schedule import Schedule, State
from push.domain.tag import TagType

PLATFORMS = (Platform.ANDROID, Platform.ANDROID, Platform.IOS, Platform.WEB)
PAYLOAD = Payload.model_validate(
    {
        "notification": {"title": "Autumn wines", "body": "New in the cellar: forty bottles", "sound": "ping"},
        "data": {"url": "app://wines/autumn", "extra": {"campaign": "autumn", "vintage": 2026}},
    }
)
_TAG = CarriedTag(id="d" * 24, name="Platform Name", value="Android", type=TagType.DEVICE)
_A_CALL = 500
_CALLS_AT_ONCE = 8
_DAY_MS = 24 * 3_600_000


class Member(NamedTuple):
    key: str
    target: Target


def members(app: int, count: int, slice_: int | None = None) -> Iterator[Member]:
    """Targets as phones have them, with a token of 163 characters; keys evenly spread, or all in one slice of 256."""
    for number in range(count):
        drawn = hashlib.sha256(f"{app}/{number}".encode()).hexdigest()
        key = drawn[:32] if slice_ is None else f"{slice_:02x}{drawn[:30]}"
        value = f"{drawn[:22]}:APA91b{(drawn * 3)[:134]}"
        yield Member(key, Target(kind=TargetKind.TOKEN, value=value, platform=PLATFORMS[number % len(PLATFORMS)]))


async def store(container: Container, app: int, project: str, crowd: Iterable[Member]) -> None:
    """What a registration writes for each target, without the device; and the app."""
    await container.apps.put(App(id=app, name=f"App {app}", firebase_project=project, created_at=0))
    client: Any = container._database.client
    waiting = iter(crowd)
    slots = asyncio.Semaphore(_CALLS_AT_ONCE)

    async def write(some: list[Member]) -> None:
        try:
            writes = [_write(client, app, member) for member in some]
            request = {"database": client._database_string, "writes": writes}
            answer = await client._firestore_api.batch_write(request=request, metadata=client._rpc_metadata)
            if any(status.code for status in answer.status):
                raise RuntimeError("the emulator refused a target")
        finally:
            slots.release()

    async with asyncio.TaskGroup() as group:
        while some := list(islice(waiting, _A_CALL)):
            await slots.acquire()
            group.create_task(write(some))


def _write(client: Any, app: int, member: Member) -> Any:
    device = Device(id=member.key[:24], app=app, alias="", tags=(_TAG,), created_at=0, updated_at=0, seen_at=0)
    document = target_document(device, member.key[::-1], member.target, 0)
    return creation(client.document(f"apps/{app}/targets/{member.key}"), document)


async def start(container: Container, app: int, targets: int, state: State = State.SENDING, id: str = "") -> Run:
    """A run to everybody of the app, as `send` leaves it behind; or, scheduled, as `send` finds it."""
    run = run_of(id or new_id(), app, state, container.clock.now())
    if state is State.SENDING:
        shards = {"shards": shards_for(targets), "estimate": targets, "started_at": run.created_at}
        run = run.model_copy(update=shards)
    await container.runs.accept(schedule_of(run), run, [])
    return run


def run_of(id: str, app: int, state: State, now: int) -> Run:
    return Run(
        id=id, schedule=id, app=app, firebase_project="bench", state=state, wake_at=now + _DAY_MS, send_on=now,
        expires_at=now + _DAY_MS, content=Content(schedule_id=id, name="Autumn wines", payload=PAYLOAD),
        audience=Audience(), created_at=now,
    )  # fmt: skip


def schedule_of(run: Run) -> Schedule:
    return Schedule(
        id=run.id, app=run.app, name="Autumn wines", payload=PAYLOAD, audience=run.audience, send_on=run.send_on,
        expires_at=run.expires_at, state=run.state, created_by="bench", created_at=run.created_at,
        updated_at=run.created_at,
    )  # fmt: skip

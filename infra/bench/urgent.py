"""How long somebody waits for a message of their own while a broadcast runs: from POST to FCM's acceptance.

Through the whole stack: `api`, the queues, `send`, `deliver` and the emulator of FCM, which answers each message after
50 ms and remembers when it took it.
"""

import asyncio
import statistics
from typing import Any

import httpx

from infra.bench.calls import integration
from infra.bench.ground import Ground
from infra.bench.measurement import Found, Measurement, Row
from infra.local.demo.integration import Integration
from infra.local.trouble import Broke
from push.bootstrap import Container
from push.domain.device import Device, Platform, Target, TargetKind
from push.domain.ids import new_id

AUDIENCE = 100_000
MUST_S = 2.0
_EVERY_S = 1.0
_MOST = 30
_DELAY_MS = 50
_PATIENCE_S = 120.0


def measure(ground: Ground) -> Found:
    size = 5_000 if ground.quick else AUDIENCE
    app = ground.app_of(size)
    waits, broadcast = ground.with_ports(lambda container: _played(ground, container, app, size))
    if not waits:
        raise Broke("The broadcast was over before anybody posted.")
    ordered = sorted(waits)
    row: Row = {
        "audience": size,
        "posts": len(ordered),
        "p50_ms": round(statistics.median(ordered)),
        "p99_ms": round(ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]),
        "max_ms": round(ordered[-1]),
        "broadcast_per_s": broadcast,
    }
    return Found([row], [f"FCM's emulator answers after {_DELAY_MS} ms; the broadcast is called off at the end."])


async def _played(ground: Ground, container: Container, app: int, size: int) -> tuple[list[float], int]:
    """How long each post took (ms) that was made while the broadcast ran, and how fast that was."""
    aliases = [f"urgent-{number}" for number in range(_MOST)]
    await container.devices.put_many(app, [_device(app, alias) for alias in aliases])
    posted: dict[str, int] = {}
    async with (
        integration(ground) as server,
        httpx.AsyncClient(base_url=ground.stack.fcm, timeout=60, trust_env=False) as fcm,
    ):
        await server.log_in()
        (await fcm.put("/behaviour", json={"rules": [{"delayMs": _DELAY_MS}]})).raise_for_status()
        ground.say(f"a broadcast to {size:,} targets, and a message to one of them each second")
        broadcast = str((await server.post({"appId": app, "name": "To everybody"}))["id"])
        await _begun(fcm, broadcast)
        began, before = ground.now_ms(), await _accepted(fcm, broadcast)
        for alias in aliases:
            if (await server.read(broadcast))["state"] != "sending":
                break
            at = ground.now_ms()
            posted[str((await server.post({"appId": app, "name": alias, "aliases": [alias]}))["id"])] = at
            await asyncio.sleep(_EVERY_S)
        rate = 1_000 * (await _accepted(fcm, broadcast) - before) / (ground.now_ms() - began)
        waits = [await _arrived(fcm, schedule) - at for schedule, at in posted.items()]
        await _called_off(server, broadcast)
        (await fcm.delete("/behaviour")).raise_for_status()
    return waits, round(rate)


def _device(app: int, alias: str) -> Device:
    target = Target(kind=TargetKind.TOKEN, value=f"{alias}-phone", platform=Platform.ANDROID)
    return Device(id=new_id(), app=app, alias=alias, targets=(target,), created_at=0, updated_at=0, seen_at=0)


async def _begun(fcm: httpx.AsyncClient, schedule: str) -> None:
    for _ in range(int(_PATIENCE_S / 0.1)):
        if await _accepted(fcm, schedule):
            return
        await asyncio.sleep(0.1)
    raise Broke(f"The broadcast had not begun after {_PATIENCE_S:g} s.")


async def _accepted(fcm: httpx.AsyncClient, schedule: str) -> int:
    return int((await fcm.get("/inbox/counts", params={"scheduleId": schedule})).json()["accepted"])


async def _arrived(fcm: httpx.AsyncClient, schedule: str) -> float:
    """When FCM took it, ms. Raises Broke when it never does."""
    for _ in range(int(_PATIENCE_S / 0.2)):
        found: list[dict[str, Any]] = (await fcm.get("/inbox", params={"scheduleId": schedule})).json()
        if found:
            return float(found[0]["at"])
        await asyncio.sleep(0.2)
    raise Broke(f"A message to one phone had not reached FCM {_PATIENCE_S:g} s after the broadcast.")


async def _called_off(server: Integration, schedule: str) -> None:
    """What follows must not share the machine with it."""
    if (await server.read(schedule))["state"] == "sending":
        await server.cancel(schedule)


URGENT = Measurement(
    "urgent",
    "A message to one person while a broadcast runs, from POST to FCM",
    {
        "audience": "broadcast to",
        "posts": "posts",
        "p50_ms": "median ms",
        "p99_ms": "99 % ms",
        "max_ms": "slowest ms",
        "broadcast_per_s": "broadcast, a second",
    },
    measure,
)

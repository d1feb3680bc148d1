"""How many reports of activity a second one process of `api` takes, stored in Google's emulator on the same machine.

Distinct devices, form bodies as Android's. Every answer must be 200, and the tally what was sent.
"""

from urllib.parse import urlencode

from infra.bench.calls import COLUMNS, EMPTY, api, integration, on_empty, timed
from infra.bench.ground import Ground
from infra.bench.load import form_post
from infra.bench.measurement import Found, Measurement, Row
from infra.local import ports
from infra.local.trouble import Broke
from push.bootstrap import Container
from push.domain.device import Device
from push.domain.ids import new_id

OURS = "push/schedule/activity"
PATH = f"/api/{OURS}"
CONNECTIONS = (64, 500)
_ACTIONS = ("receipt", "open")
_EVENTS = 10_000


def measure(ground: Ground) -> Found:
    events = 500 if ground.quick else _EVENTS
    ground.say(f"{events:,} reports of activity, twice")
    rows = [*ground.with_ports(lambda container: _ours(ground, container, events))]
    rows += on_empty(ground, events, CONNECTIONS)
    return Found(rows, [ratio(rows)])


def ratio(rows: list[Row]) -> str:
    """What reports of activity take of what the framework could answer at all, each at its best."""
    best = {row["what"]: row["per_s"] for row in sorted(rows, key=lambda row: float(str(row["per_s"])))}
    ours, empty = float(str(best[OURS])), float(str(best[EMPTY]))
    return f"Activity: {ours:,.0f} a second, stored; {ours / empty:.2f} of an empty function's {empty:,.0f}."


async def _ours(ground: Ground, container: Container, events: int) -> list[Row]:
    app = ground.stack.app
    async with integration(ground) as server:
        await server.log_in()
        schedule = str((await server.post({"appId": app.app_id, "name": "Bench", "draft": True}))["id"])
        token = server.app_token
    aliases = [f"bench-{schedule}-{number}" for number in range(events)]
    devices = [
        Device(id=new_id(), app=app.app_id, alias=alias, created_at=0, updated_at=0, seen_at=0) for alias in aliases
    ]
    for start in range(0, events, 5_000):
        await container.devices.put_many(app.app_id, devices[start : start + 5_000])
    port, process = api(ground)
    rows = []
    for connections, action in zip(CONNECTIONS, _ACTIONS, strict=True):
        bodies = (
            urlencode({"device": alias, "schedule": schedule, "action": action, "platform": "android"}).encode()
            for alias in aliases
        )
        requests = [form_post(ports.HOST, PATH, token, body) for body in bodies]
        rows.append(await timed(OURS, process, port, requests, connections))
    tally = await container.activity.tally(schedule)
    if tally is None or (tally.receipt, tally.open) != (events, events):
        raise Broke(f"{events} devices reported twice each, but {tally} was counted.")
    return rows


ACTIVITY = Measurement("activity", "Reports of activity, stored", COLUMNS, measure)

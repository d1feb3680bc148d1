"""Tasks as our own functions make them."""

import json
from typing import Any

import httpx
import pytest

from infra.local.tasks.emulator import Ports
from push.adapters.cloud_tasks import CloudTasks

pytestmark = pytest.mark.anyio


async def test_a_turn_of_sweep_is_one_task_however_many_ask_for_it(stack: Any, emulator: Ports) -> None:
    sink = httpx.URL(stack.sink.url)
    override = {"scheme": "HTTP", "host": sink.host, "port": sink.port, "uri_override_enforce_mode": "ALWAYS"}
    await stack.configure(http_target={"uri_override": override})
    tasks = CloudTasks(
        "halo-local", "europe-west1", "none", "none", "none", "send", emulator=f"127.0.0.1:{emulator.grpc}"
    )
    try:
        for minute, turn in ((29_999_999, 1), (29_999_999, 1), (29_999_999, 2), (30_000_000, 1), (29_999_999, 1)):
            await tasks.sweep(minute, turn)
        arrivals = await stack.sink.received(3)
    finally:
        await tasks.close()
    bodies = sorted(arrival.body.decode() for arrival in arrivals)
    assert [json.loads(body) for body in bodies] == [
        {"v": 1, "id": "sweep/29999999", "epoch": 1},
        {"v": 1, "id": "sweep/29999999", "epoch": 2},
        {"v": 1, "id": "sweep/30000000", "epoch": 1},
    ]

"""POST schedule: how many a second one process of `api` accepts and stores, and how long each caller waits."""

import asyncio

from infra.bench.calls import COLUMNS, api, integration, on_empty, timed
from infra.bench.ground import Ground
from infra.bench.load import json_post
from infra.bench.measurement import Found, Measurement, Row
from infra.local import ports

OURS = "POST push/schedule"
CONNECTIONS = (1, 32)
_POSTS = {1: 200, 32: 1_500}
_EMPTY_POSTS = 5_000
_TOMORROW_MS = 24 * 3_600_000


def measure(ground: Ground) -> Found:
    rows = [*asyncio.run(_ours(ground)), *on_empty(ground, 200 if ground.quick else _EMPTY_POSTS, CONNECTIONS)]
    return Found(rows, ["Each post is stored with its run and has a task made for tomorrow."])


async def _ours(ground: Ground) -> list[Row]:
    async with integration(ground) as server:
        await server.log_in()
        token = server.token
    port, process = api(ground)
    send_on = ground.now_ms() + _TOMORROW_MS
    rows: list[Row] = []
    for connections in CONNECTIONS:
        count = 50 if ground.quick else _POSTS[connections]
        ground.say(f"{count:,} schedules over {connections} connections")
        documents = (
            {
                "appId": ground.stack.app.app_id,
                "name": f"Autumn wines {number}",
                "aliases": [f"alias-{number}"],
                "sendOn": send_on,
                "payload": {"notification": {"title": "Autumn wines", "body": "New in the cellar"}},
            }
            for number in range(count)
        )
        requests = [json_post(ports.HOST, "/api/push/schedule", token, document) for document in documents]
        rows.append(await timed(OURS, process, port, requests, connections))
    return rows


POSTING = Measurement("post", "Posting schedules", COLUMNS, measure)

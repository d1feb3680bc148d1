"""The sender alone, in a process of its own: pages of 500 to the sink, each shard one at a time as the engine does.

`python -m infra.bench.sender ENDPOINT SHARDS MESSAGES` is that process.
"""

import asyncio
import json
import os
import subprocess
import sys
import time

from infra.bench.ground import Ground
from infra.bench.limit import message
from infra.bench.measurement import Found, Measurement, Row
from infra.bench.sink import AFTER_50_MS, AT_ONCE, LIKE_FCM
from infra.local.parts import ROOT
from infra.local.trouble import Broke
from push.adapters.credentials import AccessTokens, for_emulator
from push.adapters.fcm.sender import FcmSender
from push.domain.outcome import Kind
from push.domain.shard import PAGE_SIZE

# One shard alone waits for the slowest answer of each page: that takes long, so it sends less.
_CASES = (
    (AT_ONCE, 1, 100_000), (AT_ONCE, 8, 200_000), (AFTER_50_MS, 1, 20_000), (AFTER_50_MS, 8, 150_000),
    (LIKE_FCM, 1, 5_000), (LIKE_FCM, 8, 30_000),
)  # fmt: skip


def measure(ground: Ground) -> Found:
    rows: list[Row] = []
    for answers, shards, messages in _CASES:
        count = 1_000 * shards if ground.quick else messages
        ground.say(f"the sender alone, answers after {answers.label}, shards: {shards}")
        command = [sys.executable, "-m", "infra.bench.sender", ground.sink.endpoint(answers), str(shards), str(count)]
        environment = {**os.environ, "SSL_CERT_FILE": str(ground.sink.certificate)}
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Broke(f"The sender ended with {done.returncode}:\n{done.stderr[-2_000:]}")
        rows.append({"answers": answers.label, "shards": shards, **json.loads(done.stdout)})
    return Found(rows)


async def send(endpoint: str, shards: int, messages: int) -> Row:
    sender = FcmSender(endpoint, AccessTokens(for_emulator), timeout_s=30)
    page = [message()] * PAGE_SIZE

    async def shard(count: int) -> None:
        for _ in range(max(1, count // PAGE_SIZE)):
            outcomes = await sender.send("bench", page)
            if any(outcome.kind is not Kind.ACCEPTED for outcome in outcomes):
                raise Broke(f"the sink did not accept: {outcomes[0]}")

    try:
        await asyncio.gather(*(shard(2 * PAGE_SIZE) for _ in range(shards)))
        began, before = time.perf_counter(), time.process_time()
        await asyncio.gather(*(shard(messages // shards) for _ in range(shards)))
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - before
    finally:
        sender.close()
    return {"per_s": round(messages / seconds), "per_cpu_s": round(messages / cpu_s)}


SENDER = Measurement(
    "sender",
    "The sender alone",
    {"answers": "answers after", "shards": "shards", "per_s": "a second", "per_cpu_s": "a CPU-second"},
    measure,
)

if __name__ == "__main__":
    json.dump(asyncio.run(send(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))), sys.stdout)

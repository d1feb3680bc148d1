"""One play: phones, schedules and faults at once; then a calm, the evidence, and the verdict."""

import asyncio
import random
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from infra.chaos import schedule
from infra.chaos.api import Api
from infra.chaos.emulators import Emulators
from infra.chaos.evidence import Evidence
from infra.chaos.faults import Done, Faults
from infra.chaos.oracle import Finding, judge
from infra.chaos.phones import Movers
from infra.chaos.records import Sending
from infra.chaos.scenario import scenario
from infra.chaos.stage import staged
from infra.chaos.storage import patiently, stored
from push.bootstrap import Container

CALM_S = 150.0
_MOVERS = 4


@dataclass(frozen=True)
class Verdict:
    """What was played, and what the oracle found of each sending. `began` is in s since the epoch."""

    seed: int
    began: float
    seconds: float
    faults: list[Done]
    syncs: dict[str, int]
    stories: dict[str, list[str]]
    sendings: list[Sending]
    findings: dict[str, list[Finding]]

    @property
    def good(self) -> bool:
        return not any(self.findings.values())


async def play(state: Path, seed: int, targets: int, seconds: float, summed: bool = True) -> Verdict:
    """`summed`: also wait for what cancelled runs amount to, which takes a minute. Raises Trouble when the stack itself
    cannot be kept."""
    crowds, plays = scenario(targets, random.Random(seed))  # noqa: S311 (nothing secret)
    async with staged(state) as stage, httpx.AsyncClient(trust_env=False, timeout=20) as http:
        api, emulators = Api(stage, http), Emulators(stage.stack, http)
        faults = Faults(stage, emulators)
        await api.log_in()
        async with stored(stage) as ports:
            for crowd in crowds:
                await crowd.store(ports, stage.stack.project)
            await emulators.usual()
            first, *others, last = plays.values()
            await first(api)
            # Only then there is something to be broken.
            while not await emulators.accepted():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            began = time.time()
            movers = Movers(crowds[1], random.Random(seed))  # noqa: S311
            moving = [asyncio.create_task(movers.go(api)) for _ in range(_MOVERS)]
            sending = [asyncio.create_task(one(api)) for one in others]
            await _break(faults, seed, seconds)
            for each in moving:
                each.cancel()
            await asyncio.gather(*moving, return_exceptions=True)
            await emulators.usual()
            await asyncio.gather(*sending)
            await last(api)
            await _calm(ports, [each.id for each in plays], summed)
            evidence = Evidence(stage, ports, http, movers.moved)
            await evidence.keep(state / "logs" / "fcm-journal.jsonl")
            sendings = [await patiently(partial(evidence.of, campaign)) for campaign in plays]
    return Verdict(
        seed, began, time.time() - began, faults.done, dict(movers.answers), {each.name: each.story for each in plays},
        sendings, {each.name: judge(each) for each in sendings},
    )  # fmt: skip


async def _break(faults: Faults, seed: int, seconds: float) -> None:
    """All at their times, whatever each takes."""
    began = time.monotonic()
    playing = []
    for fault in schedule.draw(seed, seconds):
        await asyncio.sleep(max(0.0, began + fault.at - time.monotonic()))
        playing.append(asyncio.create_task(faults.play(fault.kind)))
    await asyncio.gather(*playing)


async def _calm(ports: Container, waiting: list[str], summed: bool) -> None:
    """Until everything has ended and is summed up, or too long."""
    over = time.monotonic() + CALM_S
    while waiting and time.monotonic() < over:
        found = await patiently(partial(ports.runs.get, waiting[0]))
        if found is None or not (found.value.live or (summed and found.value.wake_at is not None)):
            waiting.pop(0)
        else:
            await asyncio.sleep(0.5)

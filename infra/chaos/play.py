"""One play: phones, schedules and faults at once; then a calm, the evidence, and the verdict."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from infra.chaos import campaigns, schedule
from infra.chaos.api import Api
from infra.chaos.campaigns import Campaign, Play
from infra.chaos.evidence import Evidence
from infra.chaos.faults import Done, Faults
from infra.chaos.oracle import Finding, judge
from infra.chaos.phones import Crowd, Movers
from infra.chaos.records import Policy, Sending
from infra.chaos.stage import Stage, staged
from infra.local.stackfile import APP_ID
from push.bootstrap import Container
from push.settings import Settings

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
    dice = random.Random(seed)  # noqa: S311 (nothing secret)
    crowds = [Crowd(100, "main", targets * 4 // 10), Crowd(APP_ID, "plain", targets * 2 // 10)]
    crowds += [Crowd(101 + n, name, targets * 2 // 10) for n, name in enumerate(("skipping", "called off"))]
    plays = _plays(crowds, dice)
    async with staged(state) as stage, httpx.AsyncClient(trust_env=False, timeout=20) as http:
        api, faults = Api(stage, http), Faults(stage, http)
        await api.log_in()
        async with _ports(stage) as ports:
            for crowd in crowds:
                await crowd.store(ports, stage.stack.project)
            await faults.usual()
            first, *others = plays.values()
            await first(api)
            await _under_way(http, stage, next(iter(plays)))
            began = time.time()
            movers = Movers(crowds[1], random.Random(seed))  # noqa: S311
            moving = [asyncio.create_task(movers.go(api)) for _ in range(_MOVERS)]
            sending = [asyncio.create_task(one(api)) for one in others]
            await _break(faults, seed, seconds)
            for each in moving:
                each.cancel()
            await asyncio.gather(*moving, return_exceptions=True)
            await faults.usual()
            await asyncio.gather(*sending)
            await _calm(ports, [each.id for each in plays], summed)
            evidence = Evidence(stage, ports, http, movers.moved)
            sendings = [await evidence.of(campaign) for campaign in plays]
    return Verdict(
        seed, began, time.time() - began, faults.done, dict(movers.answers), {each.name: each.story for each in plays},
        sendings, {each.name: judge(each) for each in sendings},
    )  # fmt: skip


def _plays(crowds: list[Crowd], dice: random.Random) -> dict[Campaign, Play]:
    main, plain, skipping, called_off = crowds
    some = plain.size // 6

    def at(low: float, high: float) -> float:
        return round(dice.uniform(low, high), 1)

    def everybody(crowd: Crowd, name: str, policy: Policy = Policy.DEFAULT) -> Campaign:
        return Campaign(name, crowd, range(crowd.size), policy, listed=False)

    def aliases(name: str, first: int, size: int) -> Campaign:
        return Campaign(name, plain, range(first, first + size))

    edited = aliases("aliases, edited", some, some // 4)
    edited.text = "as it was"
    away, never = aliases("aliases, moved", 2 * some, some // 4), aliases("aliases, cancelled before", 3 * some, 100)
    return {
        (big := everybody(main, "everybody, resend", Policy.RESEND)): campaigns.simply(big, 0.0),
        (skip := everybody(skipping, "everybody, skip", Policy.SKIP)): campaigns.simply(skip, at(0, 5)),
        (usual := everybody(plain, "everybody")): campaigns.simply(usual, at(0, 8)),
        (listed := aliases("aliases", 0, some)): campaigns.simply(listed, at(0, 10)),
        (stopped := everybody(called_off, "cancelled")): campaigns.cancelled(stopped, at(0, 3), at(3, 8)),
        edited: campaigns.edited(edited, at(4, 9)),
        away: campaigns.moved(away, at(6, 9)),
        never: campaigns.cancelled(never, 0, 2, in_s=8),
    }


async def _under_way(http: httpx.AsyncClient, stage: Stage, campaign: Campaign) -> None:
    """Only then there is something to be broken."""
    while True:
        answer = await http.get(f"{stage.stack.fcm}/inbox/counts", params={"scheduleId": campaign.id})
        if answer.raise_for_status().json()["accepted"]:
            return
        await asyncio.sleep(0.05)


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
        found = await ports.runs.get(waiting[0])
        if found is None or not (found.value.live or (summed and found.value.wake_at is not None)):
            waiting.pop(0)
        else:
            await asyncio.sleep(0.5)


@asynccontextmanager
async def _ports(stage: Stage) -> AsyncIterator[Container]:
    """Our own way to what is stored, past the wire."""
    with _environment("FIRESTORE_EMULATOR_HOST", stage.firestore):
        ports = Container(Settings.from_environment(stage.stack.env))
        try:
            yield ports
        finally:
            await ports.close()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Google's client looks for the emulator here and nowhere else."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before

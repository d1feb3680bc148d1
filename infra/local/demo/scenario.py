"""What the demo does, as an integration server and its phones through the public API: register, post, report, wait."""

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple

import httpx

from infra.local.demo.campaigns import TEMPLATE, Campaign, campaigns
from infra.local.demo.fleet import Device, before_reinstall, fleet
from infra.local.demo.following import follow
from infra.local.demo.integration import Integration
from infra.local.demo.phones import Arrival, Phones, Shown
from infra.local.demo.played import Played
from infra.local.demo.progress import Showing
from infra.local.demo.readers import Readers, readers, reporting
from infra.local.supervisor import Stack

_AT_ONCE = 8
_REGISTERED = "phones register"


class Outcome(NamedTuple):
    """`shown` by target, of every phone there is, those included that must stay silent."""

    played: list[Played]
    arrivals: list[Arrival]
    shown: dict[str, list[Shown]]


async def play(stack: Stack, showing: Showing) -> Outcome:
    """Raises Broke when the API refuses something, or something is not sent in time."""
    devices = fleet()
    async with (
        Integration(stack.api, stack.app, stack.admin) as integration,
        httpx.AsyncClient(trust_env=False, timeout=30) as http,
    ):
        phones = Phones(stack.fcm, http)
        await integration.log_in()
        android_tag, replaced = await _register(integration, devices, showing)
        template = await integration.make_template(TEMPLATE)
        played = await _post(integration, devices, campaigns(android_tag, template["id"]), stack.app.app_id)
        await follow(integration, phones, Readers(integration, devices), played, showing)
        targets = [target.value for device in (*devices, replaced) for target in device.targets]
        shown = {target: await phones.shown(target) for target in targets}
        return Outcome(played, await phones.arrivals(), shown)


async def _register(integration: Integration, devices: Sequence[Device], showing: Showing) -> tuple[str, Device]:
    """Answers the id of the tag Platform Name: android, and the last device as it was before it was reinstalled."""
    replaced = before_reinstall(devices[-1])
    first = await integration.register(replaced.body())
    at_once, done = asyncio.Semaphore(_AT_ONCE), 0

    async def register(device: Device) -> dict[str, object]:
        nonlocal done
        async with at_once:
            if device.alias == replaced.alias:
                answer = await integration.update(first["id"], device.body())
            else:
                answer = await integration.register(device.body())
        done += 1
        showing.advance(_REGISTERED, "done" if done == len(devices) else "registering", done, len(devices))
        return answer

    # One of a kind first: what several phones carry is made once.
    answers = [await register(devices[0]), *await asyncio.gather(*map(register, devices[1:]))]
    tags = [tag for answer in answers for tag in _tags(answer)]
    return next(id_ for id_, name, value in tags if (name, value) == ("Platform Name", "android")), replaced


def _tags(device: dict[str, object]) -> list[tuple[str, str, str]]:
    tags = device["tags"]
    return [(tag["id"], tag["name"], tag["value"]) for tag in tags] if isinstance(tags, list) else []


async def _post(
    integration: Integration, devices: Sequence[Device], asked_for: Sequence[Campaign], app: int
) -> list[Played]:
    played = []
    for campaign in asked_for:
        asked = _now_ms()
        request = campaign.request(app, asked)
        answer = await integration.post(request)
        meant = [device for device in devices if campaign.meant(device)]
        aliases = frozenset(device.alias for device in meant)
        expected = frozenset(target.value for device in meant for target in device.targets)
        one = Played(campaign, answer["id"], asked, request.get("sendOn", asked), expected)
        one.received = reporting(devices) & aliases
        one.opened = frozenset() if campaign.payload is None else readers(devices) & aliases
        played.append(one)
    return played


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

"""What is sent while everything breaks: several schedules at once, some of which change their mind."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from infra.chaos.api import PATIENCE_S, Api
from infra.chaos.phones import Crowd, now_ms
from infra.chaos.records import Policy

LIVES_MS = 24 * 3_600_000


@dataclass(eq=False)
class Campaign:
    """One schedule and what was decided about it. Times in ms since the epoch."""

    name: str
    crowd: Crowd
    numbers: range
    policy: Policy = Policy.DEFAULT
    listed: bool = True
    id: str = ""
    not_before: int = 0
    expires_at: int = 0
    cancelled_at: int | None = None
    text: str | None = None
    story: list[str] = field(default_factory=list)

    @property
    def eligible(self) -> frozenset[str]:
        return frozenset(map(self.crowd.token, self.numbers))

    def body(self, **more: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "appId": self.crowd.app,
            "name": self.name,
            "payload": _payload(self.name, self.text),
        }
        if self.listed:
            body["aliases"] = list(map(self.crowd.alias, self.numbers))
        if self.policy is not Policy.DEFAULT:
            body["onUnknown"] = self.policy.value
        return body | more

    async def post(self, api: Api, in_s: float | None = None) -> None:
        body = self.body() if in_s is None else self.body(sendOn=now_ms() + int(1000 * in_s))
        posted = await api.post(body)
        self.id, self.not_before = posted["id"], posted.get("sendOn", 0)
        self.expires_at = posted.get("expiresAt", self.not_before + LIVES_MS)
        self.story.append(f"accepted as {self.id}")

    async def edit(self, api: Api, send_on: int, text: str | None = None) -> None:
        """What counts is what the schedule says afterwards: an answer may have been lost."""
        wanted = self.body(sendOn=send_on) | {"payload": _payload(self.name, text or self.text)}
        await api.edit(self.id, wanted)
        said = await api.read(self.id)
        self.not_before = said["sendOn"]
        self.text = said["payload"]["notification"]["body"]
        self.story.append(f"edit: sendOn {self.not_before}, {self.text!r}")

    async def cancel(self, api: Api) -> None:
        promised = await api.cancel(self.id)
        at = now_ms()
        if promised or (await api.read(self.id))["state"] == "cancelled":
            self.cancelled_at = at
        self.story.append("cancelled" if self.cancelled_at else "too late to cancel")


def _payload(title: str, text: str | None) -> dict[str, Any]:
    return {"notification": {"title": title, "body": text or "as it was"}}


Play = Callable[[Api], Coroutine[Any, Any, None]]


def simply(campaign: Campaign, after_s: float) -> Play:
    async def play(api: Api) -> None:
        await asyncio.sleep(after_s)
        await campaign.post(api)

    return play


def cancelled(campaign: Campaign, after_s: float) -> Play:
    """In the middle of its sending, or there is nothing that a cancel must stop."""

    async def play(api: Api) -> None:
        await asyncio.sleep(after_s)
        await campaign.post(api)
        over = time.monotonic() + PATIENCE_S
        while await api.accepted(campaign.id) < len(campaign.numbers) // 4 and time.monotonic() < over:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await campaign.cancel(api)

    return play


def cancelled_before(campaign: Campaign, in_s: float) -> Play:
    """A moment after it was posted, and long before it is to be sent."""

    async def play(api: Api) -> None:
        await campaign.post(api, in_s)
        await asyncio.sleep(in_s / 4)
        await campaign.cancel(api)

    return play


def edited(campaign: Campaign, in_s: float) -> Play:
    """A moment before it is sent: whoever is faster, nobody gets half of it."""

    async def play(api: Api) -> None:
        await campaign.post(api, in_s)
        await asyncio.sleep(in_s - 0.1)
        await campaign.edit(api, campaign.not_before, "as it was edited")

    return play


def moved(campaign: Campaign, in_s: float) -> Play:
    """`sendOn` goes an hour away, and back."""

    async def play(api: Api) -> None:
        await campaign.post(api, in_s)
        await asyncio.sleep(in_s / 2)
        await campaign.edit(api, now_ms() + 3_600_000)
        await asyncio.sleep(in_s)
        await campaign.edit(api, now_ms() + 3_000)

    return play

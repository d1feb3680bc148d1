"""How the emulators of FCM and Cloud Tasks misbehave for a while."""

import asyncio
from typing import Any

import httpx

from infra.local.supervisor import Stack

# Pages take about as long, so that whatever happens finds some of them open.
USUAL_MS = 600


class Emulators:
    def __init__(self, stack: Stack, http: httpx.AsyncClient) -> None:
        self._stack = stack
        self._http = http
        self._rules: list[dict[str, Any]] = []

    async def usual(self) -> None:
        """As they are when nothing is wrong with them."""
        await self._behave()
        await self._put(self._stack.tasks_control, {})

    async def fcm(self, seconds: float, **rule: Any) -> str:
        self._rules.append(rule)
        await self._behave()
        await asyncio.sleep(seconds)
        self._rules.remove(rule)
        await self._behave()
        return f"{rule} for {seconds:g} s"

    async def tasks(self, seconds: float, **faults: float) -> str:
        await self._put(self._stack.tasks_control, faults)
        await asyncio.sleep(seconds)
        await self._put(self._stack.tasks_control, {})
        return f"{faults} for {seconds:g} s"

    async def accepted(self) -> int:
        """Messages that FCM has taken so far."""
        answer = await self._http.get(f"{self._stack.fcm}/health")
        return int(answer.raise_for_status().json()["accepted"])

    async def _behave(self) -> None:
        await self._put(self._stack.fcm, {"rules": [*self._rules, {"delayMs": USUAL_MS}]})

    async def _put(self, base: str, behaviour: Any) -> None:
        """The emulator itself may just have been killed."""
        for _ in range(40):
            try:
                answer = await self._http.put(f"{base}/behaviour", json=behaviour)
            except httpx.TransportError:
                await asyncio.sleep(0.25)
            else:
                answer.raise_for_status()
                return

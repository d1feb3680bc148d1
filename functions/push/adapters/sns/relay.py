"""The Relay port over Amazon SNS mobile push."""

import asyncio
import time
from collections.abc import Callable, Sequence
from math import inf

from push import logs
from push.adapters.sns.calls import Calls
from push.adapters.sns.client import SnsClient
from push.adapters.sns.errand import Errand
from push.adapters.sns.outcomes import misconfigured
from push.domain.errors import Unavailable
from push.domain.outcome import Outcome
from push.domain.page import Entry
from push.domain.rendering import SnsMessage
from push.ports import Endpoints

_REGION = 3  # of an ARN's parts


class SnsRelay:
    """Of `timeout_s` one half is for calls to begin, the other for their answers."""

    def __init__(
        self, region: str, connect: Callable[[], SnsClient], endpoints: Endpoints, per_second: float, timeout_s: float
    ) -> None:
        self._region = region
        self._calls = Calls(connect, per_second)
        self._endpoints = endpoints
        self._half_s = timeout_s / 2
        self._running: set[asyncio.Task[Outcome]] = set()
        self._given_up = False

    async def send(
        self, app: int, application: str, message: SnsMessage, entries: Sequence[Entry], until: float = inf
    ) -> list[Outcome]:
        if application.split(":")[_REGION : _REGION + 1] != [self._region]:
            return [misconfigured("OtherRegion")] * len(entries)
        try:
            await self._calls.open()
        except Exception as error:  # noqa: BLE001  boto3 is not installed, or cannot do what it is told
            logs.event("sns-not-usable", "ERROR", error=error)
            return [misconfigured(type(error).__name__)] * len(entries)
        entries = await self._with_endpoints(app, entries)
        loop = asyncio.get_running_loop()
        left_s = 0.0 if self._given_up else min(self._half_s, until / 1000 - time.time())
        deadline = loop.time() + left_s
        errands = [Errand(entry, application, message, self._calls, deadline) for entry in entries]
        tasks = [loop.create_task(errand.run()) for errand in errands]
        self._running.update(tasks)
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=2 * self._half_s)
        finally:
            self._running.difference_update(tasks)
            for task in tasks:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._keep(app, [errand.news for errand in errands])
        return [
            errand.unanswered if task.cancelled() else task.result()
            for errand, task in zip(errands, tasks, strict=True)
        ]  # fmt: skip

    def give_up(self) -> None:
        self._given_up = True
        for task in self._running:
            task.cancel()

    async def forget(self, endpoint: str) -> None:
        try:
            await self._calls.open()
            await self._calls.delete_endpoint(asyncio.get_running_loop().time() + self._half_s, endpoint)
        except Exception as error:
            logs.event("endpoint-not-deleted", "WARNING", error=error)
            raise Unavailable("Amazon SNS did not delete an endpoint: see the log for what it lacks") from error

    async def _with_endpoints(self, app: int, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Who was read through their device comes without."""
        blind = [place for place, entry in enumerate(entries) if entry.version is None]
        if not blind:
            return entries
        try:
            seen = await self._endpoints.look(app, [entries[place] for place in blind])
        except Exception as error:  # noqa: BLE001
            # An endpoint that exists is found by making it once more: dearer, and as good.
            logs.event("endpoints-not-read", "WARNING", error=error, targets=len(blind))
            return entries
        known = dict(zip(blind, seen, strict=True))
        return [known.get(place, entry) for place, entry in enumerate(entries)]

    async def _keep(self, app: int, news: Sequence[Entry | None]) -> None:
        kept = [entry for entry in news if entry is not None]
        try:
            await self._endpoints.keep(app, kept)
        except Exception as error:  # noqa: BLE001  the next sending finds them again
            logs.event("endpoints-not-kept", "WARNING", error=error, targets=len(kept))

    def close(self) -> None:
        self._calls.close()

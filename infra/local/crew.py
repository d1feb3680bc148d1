"""Runs a plan: starts the parts, watches over them, exports the data now and then, and stops everything."""

import asyncio
from collections.abc import Callable

import httpx

from infra.local.keeper import Keeper
from infra.local.plan import Plan, start_logs
from infra.local.stackfile import publish
from infra.local.status import Report
from infra.local.trouble import Broke

EXPORT_EVERY = 180.0  # seconds at least
_EXPORT_SHARE = 50  # an export may take a fiftieth of the time


class Crew:
    """The keepers of all parts of one stack."""

    def __init__(self, plan: Plan, report: Report) -> None:
        self._plan, self._report = plan, report
        self.keepers: dict[str, Keeper] = {}

    async def run(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Until `stop` is set; `on_ready` is called once, when everything answers and stack.json says where.

        Raises Broke when a part cannot be kept. Cancelled, it ends everything at once. Nothing is left in any case.
        """
        start_logs(self._plan)
        async with httpx.AsyncClient(trust_env=False, timeout=2.0) as http:
            for part in self._plan.parts:
                self.keepers[part.name] = Keeper(part, self._plan.log(part.name), http, self._report)
            watch = asyncio.create_task(self._watch(stop, on_ready, http))
            try:
                await watch
            finally:
                try:
                    await self._stop(http)
                finally:
                    self.kill()

    def kill(self) -> None:
        """Ends every process now."""
        for keeper in self.keepers.values():
            if keeper.process:
                keeper.process.kill()

    async def _watch(self, stop: asyncio.Event, on_ready: Callable[[], None], http: httpx.AsyncClient) -> None:
        """Ends when `stop` is set or a part cannot be kept."""
        keeping = [asyncio.create_task(keeper.keep(self.keepers)) for keeper in self.keepers.values()]
        others = [
            asyncio.create_task(stop.wait()),
            asyncio.create_task(self._announce(on_ready)),
            asyncio.create_task(self._keep_exporting(http)),
        ]
        waiting = {*keeping, *others}
        try:
            while not stop.is_set():
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _announce(self, on_ready: Callable[[], None]) -> None:
        for keeper in self.keepers.values():
            await keeper.ready.wait()
        publish(self._plan.state / "stack.json", self._plan.addresses)
        on_ready()

    async def _keep_exporting(self, http: httpx.AsyncClient) -> None:
        pause = EXPORT_EVERY
        while self._plan.exports:
            await asyncio.sleep(pause)
            try:
                pause = max(EXPORT_EVERY, _EXPORT_SHARE * await self._export(http))
            except Broke as broke:
                self._report.say(str(broke))

    async def _export(self, http: httpx.AsyncClient) -> float:
        addresses = self._plan.addresses
        if self._plan.exports is None:
            return 0.0
        return await self._plan.exports.take(http, addresses.firestore, addresses.project)

    async def _stop(self, http: httpx.AsyncClient) -> None:
        """Highest tier first. The data is exported when nobody writes any more, and before its emulator goes."""
        for tier in sorted({part.tier for part in self._plan.parts}, reverse=True):
            stopping = [keeper for keeper in self.keepers.values() if keeper.part.tier == tier]
            if any(keeper.part.name == "firestore" and keeper.ready.is_set() for keeper in stopping):
                try:
                    await self._export(http)
                except Broke as broke:
                    self._report.say(str(broke))
            await asyncio.gather(*(keeper.stop() for keeper in stopping))

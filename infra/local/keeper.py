"""Keeps one part running: starts it, waits until it answers, starts it again when it dies, stops it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from infra.local.parts import Part
from infra.local.process import Process
from infra.local.restarts import MOST_DEATHS, WINDOW, Restarts
from infra.local.status import Report, State, Status
from infra.local.trouble import Broke

START_WITHIN = 60.0  # seconds
_ASK_EVERY = 0.1  # seconds
_LAST_LINES = 15


class Keeper:
    """`ready` is set as long as the part answers."""

    def __init__(self, part: Part, log: Path, http: httpx.AsyncClient, report: Report) -> None:
        self.part, self.log = part, log
        self.ready = asyncio.Event()
        self.process: Process | None = None
        self._http, self._report = http, report
        self._starts = 0
        self._answering_since = 0.0

    async def keep(self, others: Mapping[str, "Keeper"]) -> None:
        """Runs the part until cancelled; one that runs `once`, to its end. Raises Broke when it cannot be kept."""
        self._show(State.WAITING)
        for name in self.part.after:
            await others[name].ready.wait()
        if failure := await self._start():
            raise Broke(f"{self.part.name} did not start: it {failure}.\n{self.last_lines()}")
        restarts, clock = Restarts(), asyncio.get_running_loop().time
        while self.process and not self.part.once:
            await self.process.ended()
            self.ready.clear()
            answered_for = clock() - self._answering_since if self._answering_since else 0.0
            self._mourn(self.process.how_it_ended())
            pause = restarts.pause(clock(), answered_for)
            if pause is None:
                self._show(State.FAILED)
                raise Broke(f"{self.part.name} died {MOST_DEATHS} times within {WINDOW:g} s: see {self.log}.")
            await asyncio.sleep(pause)
            if failure := await self._start():
                self._report.say(f"{self.part.name} did not answer after its restart: it {failure}.")

    async def stop(self) -> None:
        if self.process:
            self.ready.clear()
            self._show(State.STOPPING)
            await self.process.stop()
            self._show(State.STOPPED)

    def last_lines(self) -> str:
        with self.log.open(errors="replace") as file:
            lines = file.read()[-20_000:].splitlines()[-_LAST_LINES:]
        return "\n".join(f"  | {line}" for line in lines) or "  | (its log is empty)"

    async def _start(self) -> str | None:
        """Answers what it did instead of answering, if it did not; then none of it is left."""
        self._starts += 1
        self._answering_since = 0.0
        self._show(State.STARTING)
        part = self.part
        self.process = Process(part.command, part.environment, part.directory, self.log)
        failure = f"did not answer within {START_WITHIN:g} s"
        with suppress(TimeoutError):
            async with asyncio.timeout(START_WITHIN):
                if await self._answers(self.process):
                    self._answering_since = asyncio.get_running_loop().time()
                    self._show(State.DONE if part.once else State.READY)
                    self.ready.set()
                    return None
                failure = self.process.how_it_ended()
        self.process.kill()
        return failure

    async def _answers(self, process: Process) -> bool:
        """True as soon as the part is ready, False when it ended before."""
        if self.part.once:
            await process.ended()
            return process.succeeded()
        while process.alive:
            if self.part.probe is None or await self._answered():
                return True
            await asyncio.sleep(_ASK_EVERY)
        return False

    async def _answered(self) -> bool:
        probe = self.part.probe
        try:
            answer = await self._http.get(probe.url) if probe else None
        except httpx.HTTPError:
            return False
        return answer is not None and (answer.status_code == 200 or bool(probe and probe.any_answer))

    def _mourn(self, how: str) -> None:
        """Say who died and how, and end what it left behind."""
        if self.process:
            self.process.kill()
        self._show(State.DEAD)
        self._report.say(f"{self.part.name} {how}. The end of {self.log}:\n{self.last_lines()}")
        if not self.part.restarts:
            raise Broke(f"{self.part.name} {how}, and what it held in memory went with it: the stack stops.")

    def _show(self, state: State) -> None:
        self._report.show(Status(self.part.name, state, self.part.where, max(0, self._starts - 1)))

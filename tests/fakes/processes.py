"""Processes that work on the engine's fakes at once: slow, paused, killed, and cut off from what they need."""

import asyncio
import inspect
import json
import random
from collections.abc import Sequence
from math import inf
from typing import Any

from fakes.clock import FakeClock
from fakes.engine import ProcessDied
from infra.chaos.records import Attempt
from push.domain.errors import Unavailable
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.ports.sender import Watch

_LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)
_LOST = Outcome(Kind.UNKNOWN, "CONNECTION_LOST")
_BATCH = 7


class Process:
    """Every step of it may be the one at which it is paused, or killed. What is dead hears nothing any more."""

    def __init__(self, dice: random.Random, troubled: bool, over: asyncio.Event) -> None:
        self.dice = dice
        self.troubled = troubled
        self.dead = asyncio.Event()
        self._over = over
        self.paused_until = 0.0

    async def step(self, pause_s: float = 30.0) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self.dice.expovariate(50))
        drawn = self.dice.random() if self.troubled else 1.0
        if drawn < 0.004:
            self.dead.set()
        elif drawn < 0.012:
            self.paused_until = max(self.paused_until, loop.time() + self.dice.uniform(1, pause_s))
        await asyncio.sleep(max(0.0, self.paused_until - loop.time()))
        if self.dead.is_set():
            await self._over.wait()
            raise ProcessDied


class Wired:
    """A port as one process has it: a call may fail before it is done, or afterwards, when its answer is lost."""

    def __init__(self, port: Any, process: Process, trouble: float) -> None:
        self._port = port
        self._process = process
        self._trouble = trouble

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)
        if inspect.isasyncgenfunction(call):
            return lambda *args, **how: self._stream(call(*args, **how))
        return self._answering(call) if inspect.iscoroutinefunction(call) else call

    def _answering(self, call: Any) -> Any:
        async def answering(*args: Any, **how: Any) -> Any:
            await self._step()
            answer = await call(*args, **how)
            try:
                await self._step()
            except BaseException:
                if call.__name__ == "move":
                    self._port.unheard.append(args[0])
                raise
            return answer

        return answering

    async def _stream(self, batches: Any) -> Any:
        async for batch in batches:
            await self._step()
            yield batch

    async def _step(self) -> None:
        await self._process.step()
        if self._process.troubled and self._process.dice.random() < self._trouble:
            raise Unavailable("the store does not answer")


class Fcm:
    """Takes messages one after another, and keeps a journal as the emulator does."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.journal: list[Attempt] = []

    def as_seen_by(self, process: Process, faults: float) -> "FcmSeen":
        return FcmSeen(self, process, faults)


class FcmSeen:
    def __init__(self, fcm: Fcm, process: Process, faults: float) -> None:
        self._fcm = fcm
        self._process = process
        self._faults = faults

    async def send(
        self,
        project: str,
        messages: Sequence[bytes],
        urgent: bool = False,
        watch: Watch | None = None,
        until: float = inf,
    ) -> list[Outcome]:
        outcomes = []
        for number, body in enumerate(messages):
            if number % _BATCH == 0:
                await self._process.step()
            late = self._fcm.clock.now() > until
            outcomes.append(_LATER if late else self._one(json.loads(body)["message"]["token"]))
        await self._process.step()
        return outcomes

    def give_up(self) -> None:
        """Nobody ends in these plays; they die."""

    def _one(self, target: str) -> Outcome:
        drawn = self._process.dice.random() / self._faults if self._process.troubled else 1.0
        answer, outcome = "accepted", ACCEPTED
        if drawn < 0.5:
            answer, outcome = "UNAVAILABLE", _LATER
        elif drawn < 0.7:
            answer, outcome = "cut before accepting", _LOST
        elif drawn < 1.0 and self._process.troubled:
            answer, outcome = "cut after accepting", _LOST
        now = self._fcm.clock.now()
        self._fcm.journal.append(Attempt(now, now, target, answer))
        return outcome

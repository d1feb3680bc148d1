"""What is done to whom. Each fault heals by itself; what it did, and when, is kept for the timeline."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from infra.chaos.emulators import Emulators
from infra.chaos.stage import LEASE_S, Stage

PAST_THE_LEASE_S = LEASE_S + 2.0


class Done(NamedTuple):
    """Times in s since the epoch."""

    began: float
    ended: float
    what: str


class Faults:
    """Plays faults by the names that `schedule` draws."""

    def __init__(self, stage: Stage, emulators: Emulators) -> None:
        self._stage = stage
        self._emulators = emulators
        self.done: list[Done] = []
        self._kinds: dict[str, Callable[[], Awaitable[str]]] = {
            "kill deliver's worker": lambda: self._kill("deliver", 1),
            "kill the other deliver's worker": lambda: self._kill("deliver-2", 1),
            "kill deliver": lambda: self._kill("deliver", 0),
            "pause deliver past its lease": lambda: self._pause("deliver"),
            "pause the other deliver past its lease": lambda: self._pause("deliver-2"),
            "end the other deliver": lambda: self._kill("deliver-2", 0, signal.SIGTERM),
            "kill send": lambda: self._kill("send", 0),
            "kill api": lambda: self._kill("api", 0),
            "kill sweep": lambda: self._kill("sweep", 0),
            "kill tasks": lambda: self._kill("tasks", 0),
            "cut Firestore's streams": self._cut,
            "cut Firestore off": self._cut_off,
            "stop Firestore": self._stop,
            "stall Firestore": self._stall,
            "lose Firestore's answers": self._lose_answers,
            "FCM throttles": lambda: self._emulators.fcm(3, error="QUOTA_EXCEEDED", retryAfter=2, share=0.3, times=300),
            "FCM fails": lambda: self._emulators.fcm(3, error="UNAVAILABLE", share=0.2, times=300),
            "FCM delays 11 s": lambda: self._emulators.fcm(6, delayMs=11_000, share=0.02, times=5),
            "FCM resets before accepting": lambda: self._emulators.fcm(3, drop="before", share=0.01, times=2),
            "FCM resets after accepting": lambda: self._emulators.fcm(3, drop="after", share=0.01, times=2),
            "FCM refuses the access token": lambda: self._emulators.fcm(2, error="UNAUTHENTICATED", times=40),
            "tasks twice": lambda: self._emulators.tasks(4, deliverTwice=0.7),
            "tasks' answers dropped": lambda: self._emulators.tasks(4, dropAnswer=0.5),
        }

    async def play(self, kind: str) -> None:
        began = time.time()
        what = await self._kinds[kind]()
        self.done.append(Done(began, time.time(), f"{kind}: {what}"))

    async def _kill(self, name: str, which: int, how: signal.Signals = signal.SIGKILL) -> str:
        await self._in_a_page(name)
        pids = self._stage.pids(name)
        if len(pids) <= which:
            return "it was dead already"
        with suppress(ProcessLookupError):
            os.kill(pids[which], how)
        return f"{how.name} to {pids[which]}"

    async def _pause(self, name: str) -> str:
        """Whoever called it gives up, and asks the other one: else nobody would want its shards."""
        await self._in_a_page(name)
        pids = self._stage.pids(name)[1:]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        cut = self._stage.to_deliver.cut(self._stage.deliver_ports[name])
        await asyncio.sleep(PAST_THE_LEASE_S)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        return f"{pids} stood still for {PAST_THE_LEASE_S:g} s, {cut} calls were given up"

    async def _in_a_page(self, name: str) -> None:
        """Until this process sends, if it is one that does; for so long that it could have started anew."""
        if name not in self._stage.deliver_ports:
            return
        over, before = time.monotonic() + 8, await self._emulators.accepted()
        while time.monotonic() < over:
            await asyncio.sleep(0.05)
            now = await self._emulators.accepted()
            if now > before and self._stage.talks_to_fcm(name):
                return
            before = now

    async def _cut(self) -> str:
        return f"{self._stage.to_firestore.cut()} connections"

    async def _cut_off(self) -> str:
        wire = self._stage.to_firestore
        wire.refuse = True
        wire.cut()
        await asyncio.sleep(2.5)
        wire.refuse = False
        return "for 2.5 s nobody got through"

    async def _stall(self) -> str:
        self._stage.to_firestore.hold = True
        await asyncio.sleep(4)
        self._stage.to_firestore.hold = False
        return "for 4 s nothing moved"

    async def _stop(self) -> str:
        pids = self._stage.pids("firestore") if "firestore" in self._stage.keepers else []
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(3)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        return f"{pids} stood still for 3 s" if pids else "it is not ours to stop"

    async def _lose_answers(self) -> str:
        """What is asked is done, commits too; then the connections end, and nobody knows."""
        wire = self._stage.to_firestore
        wire.deaf = True
        await asyncio.sleep(0.4)
        cut = wire.cut()
        wire.deaf = False
        return f"for 0.4 s, then {cut} connections were cut"

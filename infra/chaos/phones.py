"""The phones of a play, stored where the functions keep them; and those of them that go from device to device."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from infra.chaos.api import Api
from push.bootstrap import Container
from push.domain.app import App
from push.domain.device import Device, Platform, Target, TargetKind
from push.domain.errors import Unavailable

_AT_ONCE = 5_000
_TRIES = 5


def now_ms() -> int:
    """The time of everything here, so that nobody is pruned for not having been heard of."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Crowd:
    """An app's phones: `name`-0, `name`-1 … are their tokens, and their aliases with "of " before them."""

    app: int
    name: str
    size: int

    def token(self, number: int) -> str:
        return f"{self.name}-{number}"

    def alias(self, number: int) -> str:
        return f"of {self.name}-{number}"

    def id(self, number: int) -> str:
        return f"{number:024x}"

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(map(self.token, range(self.size)))

    async def store(self, ports: Container, project: str) -> None:
        # The stack's own app is there already, with the client that phones log in with.
        if await ports.apps.get(self.app) is None:
            await ports.apps.put(App(id=self.app, name=self.name, firebase_project=project, created_at=now_ms()))
        for start in range(0, self.size, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, self.size))
            await self._put(ports, [self._device(number) for number in numbers])

    async def _put(self, ports: Container, devices: list[Device]) -> None:
        """A busy machine's emulator may store them and not answer in time: then they are there when asked again."""
        for again in range(_TRIES):
            try:
                left_out = await ports.devices.put_many(self.app, devices)
            except Unavailable:
                if again == _TRIES - 1:
                    raise
                await asyncio.sleep(1)
                continue
            if left_out and not again:
                raise RuntimeError(f"{len(left_out)} phones of {self.name} are there already")
            return

    def _device(self, number: int) -> Device:
        target = Target(kind=TargetKind.TOKEN, value=self.token(number), platform=Platform.ANDROID)
        return Device(
            id=self.id(number), app=self.app, alias=self.alias(number), targets=(target,),
            created_at=now_ms(), updated_at=now_ms(), seen_at=now_ms(),
        )  # fmt: skip


@dataclass
class Movers:
    """Phones that are handed on: a token that its new owner registers, and its old one again after a while. No device
    takes part twice: what it says of one token would take the other one from it, which is in nobody's hands then."""

    crowd: Crowd
    dice: random.Random
    moved: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    _taken: set[int] = field(default_factory=set)

    async def go(self, api: Api) -> None:
        """Until cancelled, or until half of the crowd has had its turn."""
        while 2 * len(self._taken) < self.crowd.size:
            one, other = self.dice.sample(range(self.crowd.size), 2)
            if {one, other} & self._taken:
                continue
            self._taken |= {one, other}
            handed_on, own = self.crowd.token(one), self.crowd.token(other)
            self.moved.add(handed_on)
            for new_owner, has in ((other, [own, handed_on]), (one, [handed_on])):
                answer = ""
                while answer != "200":
                    answer = await api.sync(self.crowd.id(new_owner), has)
                    self.answers[answer] += 1
                    await asyncio.sleep(0.2)

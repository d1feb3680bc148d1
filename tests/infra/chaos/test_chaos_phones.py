"""Phones are stored before anything breaks, also by an emulator that is too busy to answer in time."""

import asyncio
import random
from types import SimpleNamespace
from typing import Any

import pytest

from infra.chaos.phones import Crowd, Movers
from push.domain.errors import Unavailable


class Devices:
    """Stores, and then answers as it is told."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    async def put_many(self, _app: int, devices: list[Any]) -> list[str]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [device.id for device in devices] if answer else []


def store(*answers: Any) -> Devices:
    async def found(_: int) -> object:
        return object()

    ports: Any = SimpleNamespace(apps=SimpleNamespace(get=found), devices=Devices(*answers))
    asyncio.run(Crowd(1, "crowd", 3).store(ports, "demo"))
    devices: Devices = ports.devices
    return devices


def test_an_answer_that_did_not_come_in_time_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("infra.chaos.phones.asyncio.sleep", sleep)
    assert store(Unavailable("late"), True).answers == []
    assert slept == [1]
    with pytest.raises(Unavailable):
        store(*[Unavailable("late")] * 5)


def test_phones_of_somebody_else_are_not_taken_for_its_own() -> None:
    with pytest.raises(RuntimeError, match="there already"):
        store(True)


def test_a_phone_that_is_handed_on_is_always_in_somebody_s_hands() -> None:
    """Several at once, on few devices, and the network is slow."""
    crowd = Crowd(1, "crowd", 12)
    movers = Movers(crowd, random.Random(7))
    held = {crowd.id(n): {crowd.token(n)} for n in range(crowd.size)}
    dice = random.Random(8)

    async def sync(device: str, tokens: list[str]) -> str:
        await asyncio.sleep(0)
        if dice.random() < 0.3:
            return "503"
        for other in held.values():
            other.difference_update(tokens)
        held[device] = {*tokens}
        assert set.union(*held.values()) == crowd.tokens
        return "200"

    async def whole() -> None:
        await asyncio.gather(*(movers.go(SimpleNamespace(sync=sync)) for _ in range(3)))  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        sleep = asyncio.sleep
        patched.setattr("infra.chaos.phones.asyncio.sleep", lambda _: sleep(0))
        asyncio.run(whole())
    assert len(movers.moved) >= 3

"""Phones are stored before anything breaks, also by an emulator that is too busy to answer in time."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from infra.chaos.phones import Crowd
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

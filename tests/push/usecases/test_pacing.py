"""How fast a run is sent, and what waits for what."""

import asyncio
from typing import Any

import pytest

from fakes.engine import Engine
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.domain.run import URGENT_MOST
from push.domain.schedule import State

LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)


def once(answer: Outcome) -> Any:
    """Answers that to everybody's first message, and accepts the second."""
    seen: set[str] = set()

    def decide(token: str) -> Outcome:
        first = token not in seen
        seen.add(token)
        return answer if first else ACCEPTED

    return decide


@pytest.mark.parametrize(
    ("listed", "queue"), [(1, "urgent"), (URGENT_MOST, "urgent"), (URGENT_MOST + 1, "deliver"), (None, "deliver")]
)
def test_few_people_wait_behind_no_broadcast_neither_at_first_nor_when_they_are_tried_again(
    listed: int | None, queue: str
) -> None:
    engine = Engine()
    engine.add_devices(3)
    engine.sender.answer = once(LATER)
    aliases = None if listed is None else [f"alias-{n}" for n in range(listed)]

    async def play() -> None:
        await engine.accept(aliases=aliases)
        await engine.run_until_idle()

    asyncio.run(play())
    assert engine.run().state is State.SENT
    assert len(engine.sender.sent) == (2 if listed == 1 else 6)
    assert set(engine.tasks.used) == {"send", queue}
    assert engine.sender.urgent == {queue == "urgent"}


def test_few_users_wait_behind_no_broadcast() -> None:
    engine = Engine()
    engine.add_devices(1)
    engine.give("ann", 0)

    async def play() -> None:
        await engine.accept(users=["ann"])
        await engine.run_until_idle()

    asyncio.run(play())
    assert set(engine.tasks.used) == {"send", "urgent"}

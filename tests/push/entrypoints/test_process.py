"""What a process of deliver takes on, and how it hears that it has to end."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from types import FrameType

import pytest

from fakes.virtual import run
from push.domain.budget import Budget
from push.domain.pace import Ramp
from push.entrypoints.process import SHARDS_AT_ONCE, URGENT_AT_ONCE, Process


def process() -> Process:
    return Process(Budget(Ramp(600_000, 60, 100_000), 1), 20)


def test_an_urgent_shard_has_a_place_though_broadcasts_have_taken_all_of_theirs() -> None:
    ours = process()
    with ExitStack() as held:
        workers = [held.enter_context(ours.taken(urgent=False)) for _ in range(SHARDS_AT_ONCE + 1)]
        assert workers[-1] is None
        urgent = [held.enter_context(ours.taken(urgent=True)) for _ in range(URGENT_AT_ONCE + 1)]
        assert urgent[-1] is None
        names = {worker.name for worker in (*workers[:-1], *urgent[:-1]) if worker}
        assert len(names) == SHARDS_AT_ONCE + URGENT_AT_ONCE
    with ours.taken(urgent=False) as worker:
        assert worker


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """Signals that reached whoever listened before, as uvicorn does."""
    numbers: list[int] = []

    def listen(number: int, _: FrameType | None) -> None:
        numbers.append(number)

    before = signal.signal(signal.SIGTERM, listen)
    yield numbers
    signal.signal(signal.SIGTERM, before)


def test_on_sigterm_each_worker_is_told_and_later_the_sender(heard: list[int]) -> None:
    async def play() -> None:
        ours, given_up, loop = process(), asyncio.Event(), asyncio.get_running_loop()
        ours.watch_for_end(given_up.set, after_s=6)
        with ours.taken(urgent=False) as worker:
            assert worker
            assert not worker.stopping
            for _ in range(2):
                signal.raise_signal(signal.SIGTERM)
            await worker.ending.wait()
            assert worker.stopping
            assert not given_up.is_set()
        with ours.taken(urgent=True) as none:
            assert none is None
        await given_up.wait()
        assert loop.time() == 6

    run(play())
    assert heard == [signal.SIGTERM] * 2

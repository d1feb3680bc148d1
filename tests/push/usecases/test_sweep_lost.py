"""While some shards are being sent, a task that was lost is told from one that waits by time, and nobody storms."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from fakes.engine import Engine
from push.domain.errors import Unavailable
from push.domain.run import WATCH_MS
from push.domain.schedule import State
from push.domain.shard import Shard, Source
from push.usecases.plan_move import LOST_MS

ID = "r" * 24
HELD = "held"


class Sending:
    """A run of many shards, one of which a worker holds for as long as it takes."""

    def __init__(self, shards: int) -> None:
        self.engine = engine = Engine()
        engine.add_devices(100)
        asyncio.run(engine.accept())
        run, version, _ = engine.runs.stored[ID]
        now = engine.clock.now()
        sending = {"state": State.SENDING, "shards": shards, "started_at": now, "released_at": now, "estimate": 100}
        asyncio.run(engine.runs.move(run.model_copy(update=sending | {"wake_at": now + WATCH_MS}), version))
        self.add(HELD, planned=False, source=Source.LEFTOVERS, list_id="none", attempt=1, worker="w")
        engine.tasks.queue.clear()

    def add(self, id: str, **fields: Any) -> None:
        known: dict[str, Any] = {"planned": True, "source": Source.RANGE, "due_at": self.engine.clock.now()}
        asyncio.run(self.engine.ledger.create(Shard(id=id, run=ID, **known | fields)))

    def minutes(self, count: int) -> Counter[str]:
        """That pass, with sweep in each; the tasks that were made for each shard."""
        before = len(self.engine.tasks.used)
        for _ in range(count):
            self.engine.clock.pass_ms(WATCH_MS)
            shard, version, _ = self.engine.ledger.shards[ID, HELD]
            self.engine.ledger.shards[ID, HELD] = (shard, version, self.engine.clock.now())
            asyncio.run(self.engine.sweep())
        assert len(self.engine.tasks.used) - before == len(self.engine.tasks.queue)
        made = Counter(task.shard for _, _, _, task in self.engine.tasks.queue)
        self.engine.tasks.queue.clear()
        return made

    @property
    def patience(self) -> int:
        """Minutes that a queue may take."""
        return LOST_MS // WATCH_MS


def put_off(sending: Sending) -> None:
    now = sending.engine.clock.now()
    sending.add("0", attempt=1, resume_at=now + 1_000, beats=3)


def never_begun(_: Sending) -> None:
    """No worker has made its document."""


def leftovers(sending: Sending) -> None:
    put_off(sending)
    sending.engine.ledger.shards.pop((ID, "0"))
    sending.add("0", attempt=0)


@pytest.mark.parametrize("kind", [put_off, never_begun, leftovers])
def test_a_shard_whose_task_was_lost_gets_another_beside_it_while_others_are_sent(kind: Any) -> None:
    sending = Sending(1)
    kind(sending)
    assert sending.minutes(sending.patience - 1) == {}
    assert sending.minutes(2) == {"0": 1}
    # What the others have still acts.
    assert sending.engine.run().epoch == 1


@pytest.mark.parametrize("kind", [put_off, never_begun, leftovers])
def test_what_waits_for_hours_gets_a_few_tasks_and_not_one_a_minute(kind: Any) -> None:
    sending = Sending(300)
    kind(sending)
    made = sending.minutes(240)
    assert len(made) == 300
    assert {*made.values()} == {7}  # after 3, 6, 12, 24, 48, 96 and 192 minutes


def test_a_shard_that_its_worker_died_with_is_found_by_how_long_it_is_silent() -> None:
    """It began long ago, and so is late by any clock; but it was written lately."""
    sending = Sending(1)
    sending.add("0", attempt=1, worker="dead", due_at=sending.engine.clock.now() - 100 * WATCH_MS)
    assert [sending.minutes(1) for _ in range(4)] == [{"0": 1}, {"0": 1}, {}, {"0": 1}]
    assert sending.minutes(9) == {"0": 1}  # after 1, 2, 4 and 8 minutes
    assert sending.engine.run().epoch == 1


def test_a_shard_that_dies_again_is_armed_again() -> None:
    sending = Sending(1)
    sending.add("0", attempt=1, worker="dead")
    assert sending.minutes(3) == {"0": 2}
    shard, version, _ = sending.engine.ledger.shards[ID, "0"]
    again = shard.model_copy(update={"attempt": 2, "beats": shard.beats + 1})
    sending.engine.ledger.shards[ID, "0"] = (again, version + 1, sending.engine.clock.now())
    assert sending.minutes(3) == {"0": 2}


def test_after_a_halt_of_hours_a_shard_is_late_from_when_it_was_resumed() -> None:
    sending = Sending(1)
    sending.add("0", attempt=1)
    sending.engine.clock.pass_ms(100 * WATCH_MS)
    run, version, _ = sending.engine.runs.stored[ID]
    now = sending.engine.clock.now()
    asyncio.run(
        sending.engine.runs.move(run.model_copy(update={"resumed_at": now, "wake_at": now + WATCH_MS}), version)
    )
    assert sending.minutes(3) == {"0": 2}


def test_a_queue_that_did_not_answer_is_asked_again_with_the_next_look() -> None:
    sending = Sending(1)
    put_off(sending)
    deliver = sending.engine.tasks.deliver

    async def refuses(*_: Any, **__: Any) -> None:
        raise Unavailable("Cloud Tasks does not take the task")

    assert sending.minutes(sending.patience) == {}
    sending.engine.tasks.deliver = refuses  # type: ignore[method-assign]
    assert sending.minutes(1) == {}
    sending.engine.tasks.deliver = deliver  # type: ignore[method-assign]
    assert sending.minutes(1) == {"0": 1}


def test_with_its_new_task_it_is_sent_and_the_old_one_that_comes_after_all_does_no_harm() -> None:
    engine = Engine()
    engine.add_devices(100)

    async def play() -> None:
        await engine.accept()
        await engine.call("send", engine.tasks.queue.pop()[3])
        (late,) = engine.tasks.queue
        engine.tasks.queue.clear()
        shard = Shard(
            id=HELD, run=ID, planned=False, source=Source.LEFTOVERS, list_id="none", due_at=engine.clock.now(),
            attempt=1, worker="w",
        )  # fmt: skip
        engine.clock.pass_ms(LOST_MS)
        version = await engine.ledger.create(shard)
        await engine.sweep()
        engine.ledger.shards[ID, HELD] = (shard.model_copy(update={"done": True}), version, engine.clock.now())
        assert len(engine.tasks.queue) == 1
        engine.tasks.queue.append(late)
        await engine.run_until_idle()

    asyncio.run(play())
    assert engine.run().state is State.SENT
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(100))

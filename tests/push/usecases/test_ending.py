"""A process that has to end, as Google says with SIGTERM: nothing is begun any more, and nobody is lost or doubled."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from fakes.audience import NO_CANARY
from fakes.engine import Engine
from push.domain.page import Entry
from push.domain.shard import PAGE_SIZE
from push.usecases.tasks import Answer, Task


def test_a_worker_that_waits_for_its_next_page_hears_that_it_has_to_end() -> None:
    engine = Engine()
    engine.audience.estimates = NO_CANARY
    engine.add_devices(PAGE_SIZE + 1)
    scan = engine.audience.scan

    async def stuck(*args: Any) -> AsyncIterator[list[Entry]]:
        async for batch in scan(*args):
            yield batch[:PAGE_SIZE]
            engine.stopping = True
            await asyncio.sleep(3_600)

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        task = Task(v=1, id=f"{id}/0", epoch=1)
        engine.audience.scan = stuck  # type: ignore[method-assign, assignment]
        assert await asyncio.wait_for(engine.call("deliver", task), 60) is Answer.BUSY
        assert engine.ledger.shards[id, "0"][0].worker is None
        engine.stopping, engine.audience.scan = False, scan  # type: ignore[method-assign]
        assert await engine.call("deliver", task) is Answer.DONE

    asyncio.run(play())
    assert Counter(engine.sender.targets) == Counter(f"token-{n}" for n in range(PAGE_SIZE + 1))


def test_what_the_sender_gave_up_is_tried_again_by_the_next_worker() -> None:
    """SIGTERM, and FCM did not answer in the time that was left."""
    engine = Engine()
    engine.audience.estimates = NO_CANARY
    engine.add_devices(PAGE_SIZE)

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))

        async def end() -> None:
            engine.stopping = True
            engine.sender.give_up()

        engine.sender.before = end
        await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1))
        assert engine.sender.sent == []
        engine.stopping = engine.sender.given_up = False
        engine.sender.before = None
        await engine.run_until_idle()

    asyncio.run(play())
    assert (engine.run().counts or {})["accepted"] == len(engine.sender.sent) == PAGE_SIZE

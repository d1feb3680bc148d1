"""Edits by hand while the engine runs: in any order, and at any moment between two of its steps."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.apps import FakeApps
from fakes.audience import NO_CANARY
from fakes.audit import FakeAudit
from fakes.console import FakeConsole
from fakes.engine import Engine
from fakes.runs import FakeRuns
from fakes.schedules import FakeSchedules
from fakes.tags import FakeTags
from fakes.templates import FakeTemplates
from fakes.world import app
from push.domain.account import ROLES, Caller
from push.domain.errors import Conflict, NotFound
from push.domain.run import GRACE_MS
from push.domain.schedule import State
from push.usecases.cancel_schedule import cancel_schedule
from push.usecases.delete_schedule import delete_schedule
from push.usecases.duplicate_schedule import duplicate_schedule
from push.usecases.post_schedule import post_schedule
from push.usecases.prepare_schedule import NewSchedule
from push.usecases.send_draft import send_draft
from push.usecases.update_schedule import update_schedule

ADMIN = Caller(subject="admin", role="admin", rights=ROLES["admin"])
DEVICES = 4


class Hesitant(FakeRuns):
    """Lets others go first, as often as `dice` says, before each read and each write."""

    dice = random.Random(0)

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ("get", "move", "revise", "remove", "accept"):
            return found

        async def after_others(*args: Any) -> Any:
            for _ in range(Hesitant.dice.randrange(4)):
                await asyncio.sleep(0)
            return await found(*args)

        return after_others


class Desk:
    """A sender's desk: what the API does by hand, over the engine's own stores."""

    def __init__(self, runs: Callable[[Any], FakeRuns] = FakeRuns) -> None:
        self.engine = Engine()
        self.engine.add_devices(DEVICES)
        self.engine.runs = runs(self.engine.clock)
        self.engine.ledger.runs = self.engine.pace.runs = self.engine.runs
        self.apps = FakeApps()
        self.apps.stored = {1: app(1)}
        engine = self.engine
        self._stores: dict[str, Any] = {"schedules": FakeSchedules(engine.runs), "runs": engine.runs}
        self._told: dict[str, Any] = {"audit": FakeAudit(), "clock": engine.clock}
        self._whole = self._stores | self._told | {"apps": self.apps, "tasks": engine.tasks}
        self._read: dict[str, Any] = {"tags": FakeTags(), "templates": FakeTemplates()}
        self._console = FakeConsole(engine.runs, self._read["templates"], self._read["tags"])

    def asked(self, send_on: int | None = None, draft: bool | None = None) -> NewSchedule:
        return NewSchedule(app=1, name="n", send_on=send_on, draft=draft)

    async def post(self, **asked: Any) -> str:
        ports = {name: port for name, port in self._whole.items() if name != "schedules"}
        return (await post_schedule(ADMIN, self.asked(**asked), **ports, **self._read)).id

    async def put(self, id: str, send_on: int | None = None) -> None:
        await update_schedule(ADMIN, id, self.asked(send_on), None, **self._whole, **self._read, console=self._console)

    async def send(self, id: str) -> None:
        await send_draft(ADMIN, id, None, **self._whole, console=self._console)

    async def cancel(self, id: str) -> None:
        await cancel_schedule(ADMIN, id, **self._stores, **self._told)

    async def delete(self, id: str) -> None:
        await delete_schedule(ADMIN, id, None, **self._stores, **self._told)

    async def duplicate(self, id: str) -> str:
        copy, _ = await duplicate_schedule(ADMIN, id, **self._stores, **self._told, apps=self.apps)
        return copy.id

    def sent(self) -> Counter[tuple[str, str]]:
        return Counter((message["data"]["scheduleId"], message["token"]) for message in self.engine.sender.sent)

    def sent_of(self, id: str) -> int:
        return sum(count for (schedule, _), count in self.sent().items() if schedule == id)


def test_moved_there_and_back_it_is_sent_once_at_its_last_time_and_no_old_task_fires() -> None:
    desk = Desk()
    early, late = desk.engine.clock.now() + 10_000, desk.engine.clock.now() + 20_000
    started: list[int] = []

    async def play() -> None:
        id_ = await desk.post(send_on=early)
        for send_on in (late, early, late):
            await desk.put(id_, send_on)
        assert len(desk.engine.tasks.queue) == 4
        await desk.engine.run_until_idle()
        started.append(desk.engine.run(id_).started_at or 0)

    asyncio.run(play())
    assert started == [late]
    assert set(desk.sent().values()) == {1}
    assert len(desk.sent()) == DEVICES


def test_moved_earlier_by_somebody_whose_task_was_lost_it_is_sent_all_the_same() -> None:
    desk = Desk()
    engine = desk.engine

    async def play() -> None:
        id_ = await desk.post(send_on=engine.clock.now() + 3_600_000)
        engine.tasks.lose = True
        await desk.put(id_, engine.clock.now() + 1_000)
        engine.tasks.lose = False
        engine.clock.pass_ms(1_000 + GRACE_MS)
        assert await engine.sweep() == 1
        await engine.run_until_idle()

    asyncio.run(play())
    assert len(desk.sent()) == DEVICES


def test_cancelled_while_it_is_sending_nothing_follows_the_open_page() -> None:
    desk = Desk()
    engine = desk.engine
    engine.add_devices(1_500)
    engine.audience.estimates = NO_CANARY

    async def play() -> None:
        id_ = await desk.post()

        async def cancel() -> None:
            if engine.run(id_).state is State.SENDING:
                await desk.cancel(id_)

        engine.sender.before = cancel
        await engine.run_until_idle()
        assert engine.run(id_).state is State.CANCELLED
        await engine.sweep()
        await engine.run_until_idle()

    asyncio.run(play())
    assert len(engine.sender.sent) == 500


OPERATIONS = st.lists(
    st.tuples(st.sampled_from("post draft put send cancel delete duplicate wait".split()), st.integers(0, 9)),
    min_size=1,
    max_size=14,
)  # fmt: skip


@settings(max_examples=40)
@given(operations=OPERATIONS, seed=st.integers(0, 2**32), together=st.integers(1, 4))
def test_whatever_is_done_in_whatever_order_each_schedule_is_sent_once_or_not_at_all(
    operations: list[tuple[str, int]], seed: int, together: int
) -> None:
    Hesitant.dice = random.Random(seed)
    desk = Desk(Hesitant)
    engine = desk.engine
    ids: list[str] = []
    drafts: set[str] = set()
    cancelled: dict[str, int] = {}

    async def attempt(verb: str, number: int) -> None:
        if verb == "wait":
            engine.clock.pass_ms(number * 3_000)
            await engine.run_until_idle(2_000)
            return
        if verb in ("post", "draft"):
            send_on = engine.clock.now() + number * 1_000
            ids.append(await desk.post(send_on=send_on, draft=verb == "draft"))
            if verb == "draft":
                drafts.add(ids[-1])
            return
        if not ids:
            return
        id_ = ids[number % len(ids)]
        operation: dict[str, Callable[[], Awaitable[Any]]] = {
            "put": lambda: desk.put(id_, engine.clock.now() + number * 1_000),
            "send": lambda: desk.send(id_),
            "cancel": lambda: desk.cancel(id_),
            "delete": lambda: desk.delete(id_),
            "duplicate": lambda: desk.duplicate(id_),
        }
        try:
            made = await operation[verb]()
        except (NotFound, Conflict):
            return
        if verb == "send":
            drafts.discard(id_)
        elif verb == "duplicate":
            ids.append(made)
            drafts.add(made)
        elif verb in ("cancel", "delete"):
            # The one page that was open may still be on its way.
            cancelled.setdefault(id_, DEVICES if engine.run(id_).started_at else 0)

    async def play() -> None:
        for start in range(0, len(operations), together):
            some = operations[start : start + together]
            await asyncio.gather(*(attempt(verb, number) for verb, number in some))
        engine.clock.pass_ms(3_600_000)
        await engine.sweep()
        await engine.run_until_idle(2_000)

    asyncio.run(play())
    assert all(count == 1 for count in desk.sent().values())
    for id_ in ids:
        run = engine.run(id_)
        sent = desk.sent_of(id_)
        if id_ in drafts and run.state is State.DRAFT:
            assert sent == 0
        elif id_ in cancelled and run.state is State.CANCELLED:
            assert sent <= cancelled[id_]
        else:
            assert (run.state, sent) == (State.SENT, DEVICES)
        stored = engine.runs.schedules.get(id_)
        if stored is not None:
            assert (stored.state, stored.send_on, stored.revision) == (run.state, run.send_on, run.revision)
        else:
            assert run.removed_at is not None
            assert not run.live

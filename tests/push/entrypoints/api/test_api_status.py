"""How everything is: each part by itself, soon, and whatever else is wrong."""

import platform
from typing import Any

import pytest

from fakes import made, virtual
from fakes.logged import logged
from fakes.world import World, assert_problem
from push.domain.canary import CANARY
from push.domain.run import totals
from push.domain.schedule import DAY_MS, State
from push.domain.status import SLOT_MS
from push.ports import Depth, Queue
from push.usecases.read_status import FRESH_MS

HOUR_MS = 3_600_000
NOBODY = {name: {"tasks": 0, "dueForMs": 0} for name in ("send", "deliver", "urgent", "work")}


@pytest.fixture
def world() -> World:
    return World()


def put(world: World, id: str, **fields: Any) -> None:
    now = world.ports.clock.now()
    known = {"app": 2, "wake_at": None, "send_on": now, "expires_at": now + DAY_MS}
    world.ports.runs.stored[id] = (made.run(id, **known | fields), 1, now)


def shards(world: World, run: str, *made_: Any) -> None:
    for shard in made_:
        world.ports.ledger.shards[run, shard.id] = (shard, 1, world.ports.clock.now())


def status(world: World) -> Any:
    answer = world.call("GET", "/api/status")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_where_nothing_is_going_on_it_says_so(world: World) -> None:
    now = world.ports.clock.now()
    assert status(world) == {
        "asOf": now,
        "queues": NOBODY,
        "runs": {"due": 0, "late": 0, "sending": 0, "halted": 0},
        "outcomes": {
            "since": (now - HOUR_MS) // SLOT_MS * SLOT_MS, "ended": 0, "sending": 0, "targeted": 0, "accepted": 0,
            "failed": 0, "reasons": {},
        },
        "oldestUnfinishedShard": None,
        "versions": {"api": "0.2.0", "revision": "local", "dataFormat": 2, "python": platform.python_version()},
        "notes": {},
    }  # fmt: skip


def test_queues_say_how_much_waits_and_for_how_long_it_has_been_due(world: World) -> None:
    now = world.ports.clock.now()
    world.ports.queues.depths = {
        Queue.DELIVER: Depth(480, now - 2_400), Queue.SEND: Depth(3, now + 60_000), Queue.URGENT: Depth(1, None),
    }  # fmt: skip
    assert status(world)["queues"] == NOBODY | {
        "deliver": {"tasks": 480, "dueForMs": 2_400}, "send": {"tasks": 3, "dueForMs": 0},
        "urgent": {"tasks": 1, "dueForMs": 0},
    }  # fmt: skip


def test_runs_are_counted_by_what_an_operator_looks_for(world: World) -> None:
    now = world.ports.clock.now()
    put(world, "a" * 24, send_on=now - 61_000, wake_at=now + 20_000)
    put(world, "b" * 24, send_on=now - 59_000, wake_at=now - 1)
    put(world, "c" * 24, send_on=now + 1, wake_at=now + 30_000)
    put(world, "d" * 24, state=State.SENDING, started_at=now, wake_at=now + 60_000)
    put(world, "e" * 24, state=State.HALTED, started_at=now, wake_at=now)
    put(world, "f" * 24, state=State.SENT, send_on=now - DAY_MS)
    assert status(world)["runs"] == {"due": 2, "late": 1, "sending": 1, "halted": 1}


def test_outcomes_are_of_what_ended_in_the_last_hour_and_of_what_is_being_sent(world: World) -> None:
    now = world.ports.clock.now()
    ended = {"state": State.SENT, "started_at": 1, "reasons": {"UNREGISTERED": 2}}
    put(world, "a" * 24, ended_at=now - HOUR_MS, counts=totals({"accepted": 8, "dead": 2}), **ended)
    put(world, "b" * 24, ended_at=now - HOUR_MS - SLOT_MS, counts=totals({"accepted": 1_000}), **ended)
    put(world, "c" * 24, state=State.SENDING, started_at=now - 2 * HOUR_MS, shards=1)
    shards(world, "c" * 24, made.shard("0", "c" * 24, counts={"accepted": 5, "rejected": 1}, reasons={"X": 1}))
    found = status(world)
    del found["outcomes"]["since"]
    assert found["outcomes"] == {
        "ended": 1, "sending": 1, "targeted": 16, "accepted": 13, "failed": 3, "reasons": {"UNREGISTERED": 2, "X": 1},
    }  # fmt: skip
    assert found["notes"] == {}


def test_of_many_being_sent_those_that_began_first_are_added_up_and_that_is_said(world: World) -> None:
    now = world.ports.clock.now()
    for number in range(12):
        id_ = f"{number:024x}"
        put(world, id_, state=State.SENDING, started_at=now - number, shards=1)
        shards(world, id_, made.shard("0", id_, counts={"accepted": 10**number}))
    found = status(world)
    assert found["outcomes"]["sending"] == 10
    assert found["outcomes"]["accepted"] == sum(10**number for number in range(2, 12))
    assert "10 that began first" in found["notes"]["outcomes.sending"]


def test_reasons_that_are_not_all_of_them_are_said_to_be_some(world: World) -> None:
    now = world.ports.clock.now()
    for number in range(101):
        put(
            world, f"{number:024x}", state=State.SENT, started_at=1, ended_at=now, counts=totals({"dead": number + 1}),
            reasons={"UNREGISTERED": number + 1},
        )  # fmt: skip
    found = status(world)
    assert found["outcomes"]["failed"] == sum(range(102))
    assert found["outcomes"]["reasons"] == {"UNREGISTERED": sum(range(102)) - 1}
    assert "100 notifications" in found["notes"]["outcomes.reasons"]


def test_the_shard_that_has_been_due_for_longest_is_named(world: World) -> None:
    now = world.ports.clock.now()
    put(world, "a" * 24, state=State.SENDING, started_at=now - 9_000, released_at=now - 9_000, shards=2)
    put(world, "h" * 24, state=State.HALTED, started_at=now - DAY_MS, shards=1)
    shards(world, "h" * 24, made.shard("0", "h" * 24, due_at=now - DAY_MS))
    shards(
        world, "a" * 24, made.shard("0", "a" * 24, due_at=now - 9_000, done=True),
        made.shard("1", "a" * 24, due_at=now - 8_000, resume_at=now - 1_000),
        made.shard("0-0", "a" * 24, due_at=now - 4_000, planned=False),
    )  # fmt: skip
    assert status(world)["oldestUnfinishedShard"] == {"run": "a" * 24, "shard": "0-0", "dueSince": now - 4_000}


def test_shards_that_nobody_has_begun_have_waited_since_they_were_handed_out(world: World) -> None:
    now = world.ports.clock.now()
    run = {"state": State.SENDING, "started_at": now - 9_000, "shards": 2, "canary": "1"}
    put(world, "a" * 24, **run)
    shards(world, "a" * 24, made.shard(CANARY, "a" * 24, due_at=now - 8_500))
    assert status(world)["oldestUnfinishedShard"] == {"run": "a" * 24, "shard": CANARY, "dueSince": now - 8_500}
    put(world, "a" * 24, released_at=now - 2_000, **run)
    world.ports.clock.pass_ms(FRESH_MS)
    assert status(world)["oldestUnfinishedShard"] == {"run": "a" * 24, "shard": None, "dueSince": now - 2_000}


def test_a_part_that_cannot_be_had_is_null_and_says_why(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.run = virtual.run
    world.ports.queues.broken = {Queue.SEND}
    world.ports.queues.silent = {Queue.WORK}
    world.ports.overview.broken = {"late": RuntimeError("no such index")}
    found = status(world)
    assert found["queues"] == NOBODY | {"send": None, "work": None}
    assert (found["runs"], found["outcomes"]["ended"], found["oldestUnfinishedShard"]) == (None, 0, None)
    assert found["notes"] == {
        "queues.send": "Cloud Tasks does not answer", "queues.work": "not known within 6 s",
        "runs": "failed: see the log of api",
    }  # fmt: skip
    (line,) = logged(capsys, "status-not-known")
    assert (line["severity"], line["part"]) == ("ERROR", "runs")
    assert "no such index" in line["stack_trace"]


def test_all_parts_may_fail_at_once(world: World) -> None:
    calls = ("due", "late", "in_state", "sending", "ended_in")
    world.ports.overview.broken = dict.fromkeys(calls, RuntimeError("no such index"))
    world.ports.queues.broken = set(Queue)
    found = status(world)
    assert (found["runs"], found["outcomes"], found["oldestUnfinishedShard"]) == (None, None, None)
    assert found["notes"].keys() == {
        "runs", "outcomes", "oldestUnfinishedShard", *(f"queues.{queue}" for queue in Queue)
    }  # fmt: skip


def test_what_was_read_is_answered_for_five_seconds(world: World) -> None:
    first = status(world)
    world.ports.clock.pass_ms(FRESH_MS - 1)
    assert status(world) == first
    assert world.ports.overview.asked == 1
    world.ports.clock.pass_ms(1)
    assert status(world)["asOf"] == first["asOf"] + FRESH_MS
    assert world.ports.overview.asked == 2


def test_it_is_for_who_may_read_statistics(world: World) -> None:
    for who, answered in (("admin", 200), ("manager", 200), ("editor", 403), (2, 403)):
        assert world.call("GET", "/api/status", who).status_code == answered
    assert_problem(world.call("GET", "/api/status", None), 401)

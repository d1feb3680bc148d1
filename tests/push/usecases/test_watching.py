"""What the log tells of runs and shards: each change once, in the trace of whoever asked for it, with numbers."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from fakes.engine import Engine, ProcessDied
from fakes.logged import changes, logged
from push import logs
from push.domain.budget import Budget
from push.domain.device import Platform
from push.domain.errors import Unavailable
from push.domain.outcome import Kind, Outcome
from push.domain.pace import Pacing, Ramp
from push.domain.run import WATCH_MS
from push.domain.schedule import DAY_MS, State
from push.usecases.move_run import change_state, ended
from push.usecases.resume_schedule import resumed
from push.usecases.tasks import Task

ID = "r" * 24
TRACES = {id: f"00-{id[0] * 32}-{'1' * 16}-01" for id in ("a" * 24, "b" * 24, ID.replace("r", "c"))}
REFUSED = Outcome(Kind.MISCONFIGURED, "PERMISSION_DENIED")


def followed(engine: Engine, id: str) -> None:
    """As if it had been asked for by a request of that trace."""
    run, version, at = engine.runs.stored[id]
    engine.runs.stored[id] = (run.model_copy(update={"traceparent": TRACES[id]}), version, at)


def trace(line: Any) -> str:
    """Its id; the project before it is that of whichever test configured one last."""
    return str(line["logging.googleapis.com/trace"])[-32:]


def told(engine: Engine, lines: list[Any]) -> None:
    """Of the tests' own `accept` nobody says anything."""
    stored = Counter(change for change in engine.runs.changes if change[1] is not None)
    assert changes([line for line in lines if line["message"] == "run-state"]) == stored


def test_a_run_that_is_sent_says_when_it_began_and_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        id = await engine.accept()
        engine.clock.pass_ms(1_500)
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.clock.pass_ms(2_000)
        await engine.run_until_idle()

    asyncio.run(play())
    lines = logged(capsys)
    told(engine, lines)
    began, sent = [line for line in lines if line["message"] == "run-state"]
    assert (began["severity"], began["app"], began["late_ms"], began["shards"]) == ("INFO", 1, 1_500, 1)
    assert (sent["late_ms"], sent["took_ms"], sent["counts"]["accepted"]) == (1_500, 2_000, 4)


@pytest.mark.parametrize("end", [State.CANCELLED, State.EXPIRED, State.HALTED])
def test_whoever_ends_or_stops_a_run_says_why_once(capsys: pytest.CaptureFixture[str], end: State) -> None:
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        id = await engine.accept(lives_ms=DAY_MS)
        await engine.call("send", Task(v=1, id=id, epoch=1))
        if end is State.EXPIRED:
            engine.clock.pass_ms(DAY_MS)
        elif end is State.HALTED:
            engine.sender.answer = lambda _: REFUSED
        else:
            run, version, _ = engine.runs.stored[id]
            await change_state(run, ended(run, end, "asked to", engine.clock.now()), version, runs=engine.runs)
        await engine.run_until_idle()
        engine.clock.pass_ms(2 * WATCH_MS)
        await engine.sweep()
        await engine.sweep()

    asyncio.run(play())
    lines = logged(capsys)
    told(engine, lines)
    stopped = [line for line in lines if line.get("to") == end.value]
    assert len(stopped) == 1
    assert stopped[0]["reason"]
    assert stopped[0]["severity"] == ("INFO" if end is State.CANCELLED else "WARNING")
    summed = [line for line in lines if line["message"] == "run-summed-up"]
    assert [line["state"] for line in summed] == [end.value]


def test_a_run_that_is_resumed_or_expires_while_it_waits_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine()
    engine.add_devices(2)

    async def play() -> None:
        id = await engine.accept(lives_ms=DAY_MS)
        engine.sender.answer = lambda _: REFUSED
        await engine.run_until_idle()
        run, version, _ = engine.runs.stored[id]
        await change_state(run, resumed(run, engine.clock.now()), version, runs=engine.runs)
        engine.clock.pass_ms(DAY_MS)
        await engine.sweep()
        await engine.accept("w" * 24, lives_ms=DAY_MS)
        engine.clock.pass_ms(DAY_MS)
        await engine.sweep()

    asyncio.run(play())
    lines = logged(capsys)
    told(engine, lines)
    ways = [(line["from"], line["to"]) for line in lines if line["message"] == "run-state"]
    assert ways == [
        ("scheduled", "sending"), ("sending", "halted"), ("halted", "sending"), ("sending", "expired"),
        ("scheduled", "expired"),
    ]  # fmt: skip


def test_whatever_is_done_for_a_run_is_in_its_trace_whichever_request_it_is_done_by(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`sweep` looks after all of them at once: one expires, one has lost its task, one its worker."""
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        expires, lost, idle = TRACES
        await engine.accept(expires, lives_ms=DAY_MS)
        await engine.accept(lost, send_on=engine.clock.now() + DAY_MS - 2 * WATCH_MS)
        await engine.accept(idle, send_on=engine.clock.now() + DAY_MS - 2 * WATCH_MS)
        for id in TRACES:
            followed(engine, id)
        engine.clock.pass_ms(DAY_MS)
        await engine.call("send", Task(v=1, id=idle, epoch=1))
        engine.clock.pass_ms(2 * WATCH_MS)
        engine.tasks.queue.clear()
        logs.begin_request({"traceparent": f"00-{'9' * 32}-{'1' * 16}-00"})
        await engine.sweep()
        logs.event("after-all")
        await engine.run_until_idle()

    asyncio.run(play())
    lines = logged(capsys)
    of = {id: {line["message"] for line in lines if trace(line) == id[0] * 32} for id in TRACES if lines}
    expires, lost, idle = TRACES
    assert of[expires] == {"run-state"}
    assert of[lost] == {"run-rearmed", "run-state", "shard-done", "run-first-page"}
    assert of[idle] == {"shards-rearmed", "run-state", "shard-done", "run-first-page"}
    swept = [line for line in lines if line["message"] in ("run-rearmed", "shards-rearmed")]
    assert [line["request_trace"] for line in swept] == ["9" * 32] * 2
    # What is about no run stays the request's.
    assert [trace(line) for line in lines if line["message"] == "after-all"] == ["9" * 32]


def test_each_worker_that_is_through_with_a_shard_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    """Told to end after its first page, it lets go; the next one goes on to the end."""
    engine = Engine()
    engine.add_devices(700)

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))

        async def end() -> None:
            engine.clock.pass_ms(30)
            engine.stopping = True

        engine.sender.before = end
        await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1))
        engine.sender.before, engine.stopping = None, False
        await engine.run_until_idle()

    asyncio.run(play())
    lines = logged(capsys)
    first, last = [line for line in lines if line["message"] == "shard-done"]
    assert (first["end"], first["attempt"], first["targets"], first["pages"]) == ("let-go", 1, 500, 1)
    assert (last["end"], last["attempt"], last["targets"], last["pages"]) == ("done", 2, 200, 2)
    assert (last["source"], last["counts"]) == ("range", {"accepted": 700})
    assert all(line["took_ms"] >= 0 and line["targets_per_s"] > 0 for line in (first, last))


def test_of_a_shards_time_it_says_how_much_it_waited_and_until_when_it_pauses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine = Engine()
    engine.add_devices(1_000)
    # Two pages: a bucket holds about one, and the second page waits for its turn.
    engine.budget = Budget(Ramp(24_000, 0, 0), 1)

    async def play() -> None:
        await engine.accept()
        await engine.run_until_idle()
        engine.budget = Budget(Ramp(600_000_000, 0, 0), 1)
        await engine.pace.hold("demo", engine.clock.now() + 30_000)
        await engine.accept("p" * 24)
        await engine.run_until_idle()

    asyncio.run(play())
    waited, paused, done = logged(capsys, "shard-done")
    assert (waited["end"], waited["targets"]) == ("done", 1_000)
    assert 0 < waited["waited_ms"] <= 5_000
    assert (paused["end"], paused["targets"], paused["waited_ms"]) == ("paused", 0, 0)
    assert paused["until"] > 0
    assert (done["end"], done["targets"]) == ("done", 1_000)


def test_each_shard_says_how_much_of_its_own_projects_quota_it_used(capsys: pytest.CaptureFixture[str]) -> None:
    """In milliseconds of all of it: what everybody in a project used in a minute adds up, whatever its quota is."""
    engine = Engine()
    engine.add_devices(400)
    engine.add_devices(100, Platform.ADM)
    engine.budget = Budget(Ramp(24_000, 0, 0), 4)

    async def play() -> None:
        await engine.accept()
        await engine.run_until_idle()
        engine.pace.pacings["demo"] = Pacing(quota_per_minute=12_000)
        engine.clock.pass_ms(60_000)
        await engine.accept("p" * 24)
        await engine.run_until_idle()

    asyncio.run(play())
    usual, own = logged(capsys, "shard-done")
    assert (usual["project"], usual["targets"], usual["quota_ms"]) == ("demo", 500, 1_000)
    assert (own["project"], own["targets"], own["quota_ms"]) == ("demo", 500, 2_000)


def test_who_gets_no_message_uses_no_quota(capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine()
    engine.add_devices(400)
    engine.skip_stale = True
    for number in range(100):
        engine.devices[number] = engine.devices[number].model_copy(update={"seen_at": 1})
    engine.budget = Budget(Ramp(24_000, 0, 0), 4)

    async def play() -> None:
        await engine.accept()
        run, version, _ = engine.runs.stored[ID]
        await engine.runs.move(run.model_copy(update={"halted_renderings": (Platform.WEB.value,)}), version)
        await engine.run_until_idle()

    engine.add_devices(50, Platform.WEB)
    asyncio.run(play())
    (shard,) = logged(capsys, "shard-done")
    assert (shard["targets"], shard["quota_ms"]) == (450, 750)
    assert engine.clock.now() - (engine.run().started_at or 0) < 1_000


def test_while_fcm_takes_nothing_each_shard_says_how_many_are_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    """They have no outcome for an hour: nothing else tells of them meanwhile."""
    engine = Engine()
    engine.add_devices(30)
    accepts = engine.sender.answer
    engine.sender.answer = lambda _: Outcome(Kind.RETRY, "UNAVAILABLE")

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))
        await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1))
        engine.sender.answer = accepts
        await engine.run_until_idle()

    asyncio.run(play())
    first, again = logged(capsys, "shard-done")
    assert (first["put_off"], first["counts"]) == (30, {})
    assert (again["source"], again["put_off"], again["counts"]) == ("leftovers", 0, {"accepted": 30})


def test_a_run_whose_task_nobody_hands_out_is_told_of_each_minute_and_how_late_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The queue is paused, or `send` refuses it: there is no first page, so nothing else tells that it is late. The
    alert of late notifications asks for two minutes."""
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        await engine.accept()
        for _ in range(6):
            engine.clock.pass_ms(WATCH_MS)
            engine.tasks.queue.clear()
            await engine.sweep()

    asyncio.run(play())
    lines = logged(capsys)
    late = [line["late_ms"] for line in lines if line["message"] == "run-rearmed"]
    assert late == [WATCH_MS * minute for minute in range(1, 7)]
    assert not [line for line in lines if line["message"] == "run-first-page"]


@pytest.mark.parametrize("devices", [4, 2_000])
def test_a_run_says_once_how_late_its_first_page_was_handed_to_fcm(
    capsys: pytest.CaptureFixture[str], devices: int
) -> None:
    engine = Engine()
    engine.add_devices(devices)

    async def play() -> None:
        id = await engine.accept()
        engine.clock.pass_ms(700)
        await engine.call("send", Task(v=1, id=id, epoch=1))
        engine.clock.pass_ms(300)
        await engine.run_until_idle()

    asyncio.run(play())
    lines = logged(capsys)
    (first,) = [line for line in lines if line["message"] == "run-first-page"]
    assert (first["late_ms"], first["attempt"]) == (1_000, 1)
    shards = ["0"] if devices == 4 else ["canary", "0"]
    assert first["shard"] == shards[0]
    assert [line["shard"] for line in lines if line["message"] == "shard-done"] == shards


def test_the_first_page_of_a_worker_that_died_in_it_is_said_again_later(capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine()
    engine.add_devices(4)

    async def play() -> None:
        id = await engine.accept()
        await engine.call("send", Task(v=1, id=id, epoch=1))

        async def die() -> None:
            engine.sender.before = None
            raise ProcessDied

        engine.sender.before = die
        with pytest.raises(ProcessDied):
            await engine.call("deliver", Task(v=1, id=f"{id}/0", epoch=1))
        engine.clock.pass_ms(30_000)
        await engine.run_until_idle()

    asyncio.run(play())
    first = logged(capsys, "run-first-page")
    assert [(line["attempt"], line["late_ms"]) for line in first] == [(1, 0), (2, 30_000)]


@pytest.mark.parametrize("function", ["send", "deliver"])
def test_a_call_that_fails_in_the_middle_fails_in_its_runs_trace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """Whoever serves the request says that it failed, after all that was done for the run."""
    engine = Engine()
    engine.add_devices(4)
    id = "a" * 24

    async def refuse(*_: object, **__: object) -> None:
        raise Unavailable("Cloud Tasks does not answer")

    async def play() -> None:
        logs.begin_request({"traceparent": f"00-{'9' * 32}-{'1' * 16}-00"})
        await engine.accept(id)
        followed(engine, id)
        if function == "deliver":
            await engine.call("send", Task(v=1, id=id, epoch=1))
            logs.begin_request({"traceparent": f"00-{'9' * 32}-{'1' * 16}-00"})
            engine.sender.before = refuse
        else:
            monkeypatch.setattr(engine.tasks, "deliver", refuse)
        with pytest.raises(Unavailable):
            await engine.call(function, Task(v=1, id=f"{id}/0" if function == "deliver" else id, epoch=1))
        logs.event("request-failed")

    asyncio.run(play())
    (line,) = logged(capsys, "request-failed")
    assert (trace(line), line["request_trace"]) == ("a" * 32, "9" * 32)

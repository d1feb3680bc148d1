"""Parts are started, watched, restarted and stopped, and nothing of them is left."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
import pytest

from infra.local.crew import Crew
from infra.local.plan import Plan
from infra.local.status import Quiet
from infra.local.trouble import Broke

if TYPE_CHECKING:
    from infra.local.stack.conftest import Stubs


def run(plan: Plan, act: Callable[[Crew], Awaitable[None]]) -> Quiet:
    """Runs the plan, does something once all parts answer, and stops."""
    report = Quiet()

    async def whole() -> None:
        crew, stop, ready = Crew(plan, report), asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(crew.run(stop, ready.set))
        done, _ = await asyncio.wait({running, asyncio.create_task(ready.wait())}, return_when="FIRST_COMPLETED")
        if running not in done:
            await asyncio.wait({running, asyncio.ensure_future(act(crew))}, return_when="FIRST_COMPLETED")
            stop.set()
        await running

    asyncio.run(whole())
    return report


def processes(crew: Crew, name: str) -> list[psutil.Process]:
    process = crew.keepers[name].process
    assert process
    first = psutil.Process(process.pid)
    return [first, *first.children(recursive=True)]


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  another process's doing sets no event
        await asyncio.sleep(0.02)


async def nothing(_: Crew) -> None: ...


async def forever(_: Crew) -> None:
    await asyncio.Event().wait()


def test_when_every_part_answers_stack_json_says_where_and_it_goes_with_the_stack(stubs: "Stubs") -> None:
    drawn = stubs.plan(stubs.server("one"), stubs.server("two", status=401))
    seen: list[str] = []

    async def look(_: Crew) -> None:
        seen.append((drawn.state / "stack.json").read_text())

    run(drawn, look)
    assert '"api": "http://127.0.0.1:1/"' in seen[0]


def test_what_parts_print_is_in_their_logs(stubs: "Stubs") -> None:
    drawn = stubs.plan(stubs.server("one"))
    run(drawn, nothing)
    assert "serving on" in drawn.log("one").read_text()
    run(drawn, nothing)
    assert drawn.log("one").read_text().count("serving") == 1
    assert "serving on" in drawn.log("one").with_suffix(".log.1").read_text()


def test_a_killed_part_is_started_again_and_its_worker_does_not_stay(stubs: "Stubs") -> None:
    async def kill(crew: Crew) -> None:
        before = processes(crew, "one")
        assert len(before) == 2
        before[0].kill()
        await until(lambda: not crew.keepers["one"].ready.is_set())
        await crew.keepers["one"].ready.wait()
        assert not any(process.is_running() and process.status() != "zombie" for process in before)
        assert processes(crew, "one")[0].pid != before[0].pid

    report = run(stubs.plan(stubs.server("one", "--worker")), kill)
    assert "one was killed by SIGKILL" in report.said[0]
    assert "serving on" in report.said[0]


def test_a_part_that_cannot_be_replaced_ends_the_stack(stubs: "Stubs") -> None:
    async def whole() -> None:
        drawn = stubs.plan(replace(stubs.server("data"), restarts=False), stubs.server("one"))
        crew, ready = Crew(drawn, Quiet()), asyncio.Event()
        running = asyncio.create_task(crew.run(asyncio.Event(), ready.set))
        await ready.wait()
        one = processes(crew, "one")[0]
        processes(crew, "data")[0].kill()
        with pytest.raises(Broke, match="data was killed by SIGKILL, and what it held in memory went with it"):
            await running
        assert not one.is_running()

    asyncio.run(whole())


def test_a_part_that_does_not_start_is_named_with_the_end_of_its_log(stubs: "Stubs") -> None:
    with pytest.raises(Broke, match=r"one did not start: it ended with exit code 3\.\n  \| no such thing"):
        run(
            stubs.plan(stubs.server("one", code="print('no such thing'); raise SystemExit(3)"), stubs.server("two")),
            nothing,
        )


def test_a_part_that_dies_again_and_again_is_given_up(stubs: "Stubs") -> None:
    with pytest.raises(Broke, match="one died 5 times within 60 s"):
        run(stubs.plan(stubs.program("one", "pass")), forever)


def test_parts_wait_for_those_that_they_need(stubs: "Stubs") -> None:
    mark = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('x')"
    check = "import pathlib, sys; sys.exit(not pathlib.Path(sys.argv[1]).exists())"
    drawn = stubs.plan()
    file = str(drawn.state / "mark")
    first = replace(stubs.program("first", mark, file), once=True)
    second = replace(stubs.program("second", check, file), once=True, after=("first",))
    run(replace(drawn, parts=[second, first]), nothing)


def test_higher_tiers_stop_first(stubs: "Stubs") -> None:
    code = """
import signal, sys, time
def stop(*_):
    open(sys.argv[1], "a").write(sys.argv[2])
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
time.sleep(600)
"""
    drawn = stubs.plan()
    order = drawn.state / "order"
    parts = [stubs.program(str(tier), code, str(order), str(tier), tier=tier) for tier in (0, 1, 2)]

    async def wait_for_handlers(_: Crew) -> None:
        await until(lambda: all(drawn.log(part.name).read_text() for part in parts))

    run(replace(drawn, parts=parts), wait_for_handlers)
    assert order.read_text() == "210"


def test_a_part_that_ignores_sigterm_is_killed(stubs: "Stubs", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.process.GRACE", 0.1)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    drawn = stubs.plan(stubs.program("deaf", deaf))
    pids: list[int] = []

    async def note(crew: Crew) -> None:
        pids.extend(process.pid for process in processes(crew, "deaf"))
        await until(lambda: "deaf" in drawn.log("deaf").read_text())

    run(drawn, note)
    assert pids
    assert not any(map(psutil.pid_exists, pids))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_parts_end_with_a_supervisor_that_is_killed(stubs: "Stubs") -> None:
    code = """
import pathlib, sys, time
from infra.local.process import Process
print(Process(["sleep", "600"], {"PATH": sys.argv[2]}, pathlib.Path(), pathlib.Path(sys.argv[1])).pid, flush=True)
time.sleep(600)
"""
    command = [sys.executable, "-c", code, str(stubs.state / "log"), os.environ["PATH"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout
        part = psutil.Process(int(supervisor.stdout.readline()))
        supervisor.kill()
    part.wait(timeout=30)

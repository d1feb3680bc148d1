"""`make run`: the stack in the foreground until Ctrl-C."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
from rich.console import Console

from infra.local.crew import Crew
from infra.local.environment import region_of_sns
from infra.local.firestore import Emulator, External
from infra.local.nextsteps import next_steps
from infra.local.plan import Plan, draw, found
from infra.local.ports import Ports, check_free
from infra.local.stackfile import held
from infra.local.status import Lines, Screen
from infra.local.trouble import CannotStart

_KILLED = 130  # what a shell says of a program that Ctrl-C ended


def run(state: Path, ports: Ports) -> int:
    """Answers the exit code; raises CannotStart before anything runs, Broke when the stack could not go on."""
    emulator = found()
    with held(state):
        if isinstance(emulator, External):
            _check_answers(emulator.host)
        absent = {"firestore"} if isinstance(emulator, External) else set()
        absent |= set() if region_of_sns(os.environ) else {"sns"}
        check_free(ports, frozenset(absent))
        return asyncio.run(_until_signal(draw(state, ports, emulator, os.environ), emulator))


async def _until_signal(plan: Plan, emulator: Emulator | External) -> int:
    report: Lines | Screen = Screen(Console()) if sys.stdout.isatty() else Lines()
    crew, stop = Crew(plan, report), asyncio.Event()
    if isinstance(emulator, External):
        report.say(
            f"Firestore: the emulator at {emulator.host}, as FIRESTORE_EMULATOR_HOST says; its data stays there."
        )

    def on_ready() -> None:
        report.settle()
        report.say(next_steps(plan.addresses, plan.state / "stack.json"))

    running = asyncio.create_task(crew.run(stop, on_ready))

    def on_signal(number: int) -> None:
        if stop.is_set():
            if number != signal.SIGINT:
                return  # a shell's `timeout` and make may both pass on the same SIGTERM
            crew.kill()
            running.cancel()
            return
        report.settle()
        report.say("Stopping (Ctrl-C again to kill) ...")
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, on_signal, number)
    try:
        await running
    except asyncio.CancelledError:
        report.say("Killed. What was stored since the last export is lost.")
        return _KILLED
    finally:
        report.settle()
    report.say("Stopped." + (f" The data waits in {plan.state}." if plan.exports else ""))
    return 0


def _check_answers(host: str) -> None:
    try:
        httpx.get(f"http://{host}/", timeout=5, trust_env=False)
    except httpx.HTTPError:
        raise CannotStart(
            f"FIRESTORE_EMULATOR_HOST is {host}, but nothing answers there: start that emulator, or unset the variable."
        ) from None

"""`make demo`: a fresh stack of its own, HALO's use cases, and whether the phones got and said what they should."""

import asyncio
import shutil
import signal
import sys
from pathlib import Path

from rich.console import Console

from infra.local.demo.checks import check
from infra.local.demo.progress import Bars, Lines, Showing
from infra.local.demo.scenario import Outcome, play
from infra.local.demo.table import print_checks, print_phone, print_schedules
from infra.local.ports import Ports
from infra.local.stackfile import held
from infra.local.status import Lines as StartLines
from infra.local.status import Screen
from infra.local.supervisor import running_stack

_WIDTH = 130  # of the tables where there is no terminal


def demo(state: Path, ports: Ports) -> int:
    """Answers the exit code: 0 if every check holds. Raises CannotStart, Broke."""
    terminal = sys.stdout.isatty()
    console = Console() if terminal else Console(width=_WIDTH, no_color=True, highlight=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _empty(state)
    report = Screen(console) if terminal else StartLines()
    try:
        with running_stack(state, ports, report=report) as stack:
            report.settle()
            showing: Showing = Bars(console) if terminal else Lines()
            with showing:
                outcome = asyncio.run(play(stack, showing))
            good = _tell(console, outcome)
    except KeyboardInterrupt:
        console.print("Interrupted; everything that was started is stopped.")
        return 130
    finally:
        report.settle()
    if not good:
        console.print(f"Not every phone got or said what it should: the logs are in {state / 'logs'}.", soft_wrap=True)
        return 1
    console.print("Every phone got exactly what it should. To look around yourself: `make run`, which prints where")
    console.print("the API's documentation and the page of the phones are (http://127.0.0.1:8080/api/docs and :8085).")
    return 0


def _tell(console: Console, outcome: Outcome) -> bool:
    console.print()
    print_schedules(console, outcome.played, outcome.arrivals)
    for target in ("ana-android-phone", "ana-ios-phone"):
        print_phone(console, target, outcome.shown[target])
    checks = check(*outcome)
    print_checks(console, checks)
    return not any(one.wrong for one in checks)


def _empty(state: Path) -> None:
    """Nothing of an earlier demo is left. Raises CannotStart while one runs there."""
    with held(state):
        for path in state.iterdir():
            if path.name == "stack.pid":
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

"""`python -m infra.bench [--events N]`, or `make bench`: what one process does on this machine, measured now."""

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from infra.bench import activity
from infra.bench.activity import Measured
from infra.local.supervisor import running_stack
from infra.local.trouble import Trouble


def table(measured: list[Measured]) -> Table:
    told = Table(Column("what", no_wrap=True), "connections", "a second", "median ms", "99 % ms", "CPU ms each")
    for name, connections, answered, cpu_ms in measured:
        waits = (f"{answered.quantile_ms(share):,.0f}" for share in (0.5, 0.99))
        told.add_row(name, str(connections), f"{answered.a_second:,.0f}", *waits, f"{cpu_ms:.2f}")
    return told


def ratio(measured: list[Measured]) -> str:
    """What reports of activity take of what the framework could answer at all, each at its best."""
    rates = {row.name: row.answered.a_second for row in sorted(measured, key=lambda row: row.answered.a_second)}
    ours, empty = rates["push/schedule/activity"], rates["empty FastAPI function"]
    return f"Activity: {ours:,.0f} a second, stored; {ours / empty:.2f} of an empty function's {empty:,.0f}."


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, help="reports for each number of connections")
    given = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as directory, running_stack(Path(directory) / "stack") as stack:
            os.environ["FIRESTORE_EMULATOR_HOST"] = stack.firestore
            measured = activity.run(stack, Path(directory), given.events)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.exit_code
    console = Console()
    console.print(f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    console.print(table(measured))
    console.print(ratio(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())

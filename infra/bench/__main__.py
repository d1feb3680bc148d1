"""`python -m infra.bench [--only NAME,NAME] [--quick]`, or `make bench`: what this machine does, measured now.

A whole run takes some minutes and writes results.json, results.svg and the README's tables; any other only prints.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.status import Status

from infra.bench import plot, readme, results
from infra.bench.ground import Ground, ground
from infra.bench.measurement import Found, Measurement
from infra.bench.missing import Missing
from infra.bench.registry import MEASUREMENTS
from infra.bench.tables import table
from infra.local.trouble import CannotStart, Trouble
from push import logs


def chosen(only: str) -> list[Measurement]:
    """Raises CannotStart for a name that there is not."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    known = [measurement.name for measurement in MEASUREMENTS]
    if unknown := sorted({*names} - {*known}):
        raise CannotStart(f"There is no measurement {', '.join(unknown)}; there is {', '.join(known)}.")
    return [measurement for measurement in MEASUREMENTS if not names or measurement.name in names]


def run(
    measurements: Sequence[Measurement], on: Ground, show: Callable[[Measurement, Found | str], None]
) -> dict[Measurement, Found | str]:
    """What each found, or the sentence why it was left out; shown as soon as it is there."""
    found: dict[Measurement, Found | str] = {}
    for measurement in measurements:
        try:
            found[measurement] = measurement.measure(on)
        except Missing as missing:
            found[measurement] = str(missing)
        show(measurement, found[measurement])
    return found


def tell(console: Console, status: Status, said: str) -> None:
    """What is being done: in one line that changes, or line by line where nobody looks at a terminal."""
    if console.is_terminal:
        status.update(f"{said} ...")
    else:
        console.print(f"{said} ...", highlight=False)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description=__doc__)
    parser.add_argument(
        "--only", default="", help="names, separated by commas: " + ", ".join(m.name for m in MEASUREMENTS)
    )
    parser.add_argument("--quick", action="store_true", help="a look at everything, with too few messages for figures")
    given = parser.parse_args(arguments)
    console = Console()
    logs.set_level("ERROR")

    def show(measurement: Measurement, what: Found | str) -> None:
        if isinstance(what, str):
            console.print(f"{measurement.title} was left out: {what}.", style="yellow", highlight=False)
            return
        console.print(table(measurement.title, measurement.columns, what.rows))
        for note in what.notes:
            console.print(note, highlight=False)

    try:
        measurements = chosen(given.only)
        with (
            tempfile.TemporaryDirectory() as directory,
            console.status("") as status,
            ground(Path(directory), given.quick, partial(tell, console, status)) as on,
        ):
            found = run(measurements, on, show)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.exit_code
    document = results.document(found)
    if document["goals"]:
        console.print(table("What must be reached", readme.GOALS, document["goals"]))
    if given.only or given.quick:
        return 0
    results.write(document)
    plot.draw(document)
    readme.README.write_text(readme.written(readme.README.read_text(), document))
    console.print("Written: infra/bench/results.json, infra/bench/results.svg and the README's tables.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

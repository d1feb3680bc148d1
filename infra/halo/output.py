"""Where answers and messages go: answers to stdout, as text or as JSON; everything else to stderr.

On a terminal with colours and frames, elsewhere in plain lines, so that `grep` and `awk` see whole values.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from infra.halo.texts import clean

STYLES = {
    "sent": "green", "sending": "cyan", "scheduled": "blue", "draft": "dim", "halted": "yellow", "cancelled": "yellow",
    "expired": "yellow", "failed": "red",
}  # fmt: skip
Row = Sequence[str]
_GAP = 2
# Columns that people copy from, or whose halves say nothing.
_WHOLE = frozenset({"id", "state", "due", "seen"})


class Output:
    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.out = _console(sys.stdout)
        self.err = _console(sys.stderr)

    @property
    def live(self) -> bool:
        """Whether something may move on the screen."""
        return not self.as_json and self.out.is_terminal and not self.out.is_dumb_terminal

    def document(self, value: Any) -> None:
        """One JSON document on one line, at once; other letters than ASCII are escaped, and so are control characters
        of any kind."""
        self.out.file.write(json.dumps(value) + "\n")
        self.out.file.flush()

    def answer(self, value: Any, *sentences: str) -> None:
        """`value` for scripts, the sentences for people."""
        if self.as_json:
            self.document(value)
            return
        for sentence in sentences:
            self.say(sentence)

    def say(self, sentence: str) -> None:
        self.out.print(Text(clean(sentence)), soft_wrap=True)

    def note(self, sentence: str) -> None:
        self.err.print(Text(clean(sentence)), soft_wrap=True)

    def fields(self, values: Mapping[str, str]) -> None:
        """A line for each that has a value."""
        said = {clean(name): clean(value) for name, value in values.items() if value}
        widest = max(map(cell_len, said), default=0)
        for name, value in said.items():
            line = Text(name + " " * (widest - cell_len(name) + 2), "dim")
            self.out.print(line + Text(value, STYLES.get(value, "")), soft_wrap=True)

    def table(self, columns: Row, rows: Iterable[Row], right: Row = (), spare: Row = (), *, head: bool = True) -> None:
        """`right` names the columns of numbers, `spare` those that a narrow screen does without, the first one first.
        Where nothing is a screen, all are there."""
        rows = [[clean(value) for value in row] for row in rows]
        widths = [max(cell_len(line[n]) for line in [columns, *rows]) for n in range(len(columns))]
        if self.out.is_terminal:
            kept = _fitting(columns, widths, spare, self.out.width)
            self.out.print(_framed([columns[n] for n in kept], [[row[n] for n in kept] for row in rows], right))
            return
        for line in [columns, *rows] if head else rows:
            padded = (value + " " * (width - cell_len(value)) for value, width in zip(line, widths, strict=True))
            self.out.file.write("  ".join(padded).rstrip() + "\n")


def _fitting(columns: Row, widths: Sequence[int], spare: Row, most: int) -> list[int]:
    """Which columns are shown."""
    kept = list(range(len(columns)))
    for name in spare:
        if sum(widths[n] + _GAP for n in kept) - _GAP > most:
            kept.remove(columns.index(name))
    return kept


def _framed(columns: Row, rows: Iterable[Row], right: Row) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, _GAP - 1, 0, 0), pad_edge=False, show_edge=False)
    for name in columns:
        justify: JustifyMethod = "right" if name in right else "left"
        table.add_column(Text(name), justify=justify, overflow="fold", no_wrap=name in right or name in _WHOLE)
    for row in rows:
        table.add_row(*(Text(value, STYLES.get(value, "")) for value in row))
    return table


def _console(file: TextIO) -> Console:
    return Console(file=file, markup=False, emoji=False, highlight=False)

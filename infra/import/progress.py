"""How far the import is: a bar with rate and time left on a terminal, a line every few seconds elsewhere."""

import sys
import time
from contextlib import AbstractContextManager
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

_EVERY_S = 5.0


class Showing(AbstractContextManager["Showing"], Protocol):
    def begin(self, what: str, read: int, size: int) -> None:
        """A file of `size` bytes, of which `read` were read before."""

    def advance(self, rows: int, read: int) -> None:
        """`rows` more are done; `read` bytes of the file are read."""


class Rate:
    """Rows a second since a file was begun, and how long its rest will take."""

    def __init__(self, read: int, size: int) -> None:
        self._began = time.monotonic()
        self._from = read
        self._size = size
        self.rows = 0
        self.read = read

    def advance(self, rows: int, read: int) -> None:
        self.rows += rows
        self.read = read

    @property
    def a_second(self) -> float:
        return self.rows / max(time.monotonic() - self._began, 0.001)

    @property
    def percent(self) -> int:
        return 100 * self.read // max(self._size, 1)

    @property
    def left_s(self) -> int | None:
        done = self.read - self._from
        return int((time.monotonic() - self._began) * (self._size - self.read) / done) if done else None


class Bars:
    def __init__(self) -> None:
        columns = (TextColumn("{task.description:<8}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rows]}"))  # fmt: skip  # noqa: E501
        self._progress = Progress(*columns, TimeRemainingColumn(), console=Console())
        self._task: TaskID | None = None
        self._rate = Rate(0, 0)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, what: str, read: int, size: int) -> None:
        self._rate = Rate(read, size)
        self._task = self._progress.add_task(what, total=size, completed=read, rows="")

    def advance(self, rows: int, read: int) -> None:
        self._rate.advance(rows, read)
        if self._task is not None:
            told = f"{self._rate.rows:,} rows, {self._rate.a_second:,.0f}/s"
            self._progress.update(self._task, completed=read, rows=told)


class Lines:
    def __init__(self) -> None:
        self._what = ""
        self._rate = Rate(0, 0)
        self._told = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def begin(self, what: str, read: int, size: int) -> None:
        self._what, self._rate, self._told = what, Rate(read, size), time.monotonic()
        self._say(f"{what}: from {self._rate.percent} %" if read else f"{what}: begun")

    def advance(self, rows: int, read: int) -> None:
        self._rate.advance(rows, read)
        if time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            rate = self._rate
            left = f", about {rate.left_s} s left" if rate.left_s is not None else ""
            self._say(f"{self._what}: {rate.rows:,} rows, {rate.percent} %, {rate.a_second:,.0f}/s{left}")

    def _say(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def showing() -> Bars | Lines:
    return Bars() if sys.stdout.isatty() else Lines()

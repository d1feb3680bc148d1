"""How far the demo is: bars on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Showing(Protocol):
    def __enter__(self) -> "Showing": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def advance(self, what: str, state: str, done: int, total: int) -> None:
        """`what` is now in this state, with `done` of `total`."""


class Bars:
    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[state]:<10}"))  # fmt: skip  # noqa: E501
        self._progress = Progress(*columns, TimeElapsedColumn(), console=console)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def advance(self, what: str, state: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total, state=state)
        self._progress.update(self._tasks[what], completed=done, state=state)


class Lines:
    """A line when something begins, changes its state, or ends."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[str, bool]] = {}

    def __enter__(self) -> "Lines":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def advance(self, what: str, state: str, done: int, total: int) -> None:
        if self._told.get(what) != (now := (state, done == total)):
            self._told[what] = now
            sys.stdout.write(f"{what:<24}{state:<34}{done} of {total}\n")
            sys.stdout.flush()

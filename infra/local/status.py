"""How the stack says what it does: one line per part, live on a terminal, plain text elsewhere, or nothing at all."""

import sys
from enum import StrEnum
from typing import NamedTuple, Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table


class State(StrEnum):
    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    DEAD = "dead"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


_COLOURS = {State.READY: "green", State.DONE: "green", State.DEAD: "red", State.FAILED: "red", State.STOPPED: "dim"}
_TOLD = (State.READY, State.DONE, State.FAILED)


class Status(NamedTuple):
    name: str
    state: State
    where: str
    restarts: int


class Report(Protocol):
    def show(self, status: Status) -> None:
        """A part is in another state."""

    def say(self, sentence: str) -> None:
        """Something happened that whoever started the stack should know."""


class Quiet:
    """Keeps what was said, for those who start a stack from a program."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def show(self, status: Status) -> None: ...

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


class Lines:
    """Plain lines without control codes: each state that matters, once."""

    def show(self, status: Status) -> None:
        if status.state in _TOLD:
            restarts = f"  restarts {status.restarts}" if status.restarts else ""
            self.say(f"{status.name:<10}{status.state:<10}{status.where}{restarts}")

    def settle(self) -> None:
        """There is nothing live to end."""

    def say(self, sentence: str) -> None:
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()


class Screen:
    """A table that lives while the stack starts; then it stays as it is and what happens is told below it.

    So the terminal's text can be selected and copied.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._statuses: dict[str, Status] = {}
        self._live = Live(console=console, auto_refresh=False, get_renderable=self._table)
        self._live.start()

    def show(self, status: Status) -> None:
        self._statuses[status.name] = status
        if self._live.is_started:
            self._live.refresh()
        elif status.state in _TOLD:
            restarts = f", restarts: {status.restarts}" if status.restarts else ""
            self.say(f"{status.name} is {status.state}{restarts}.")

    def say(self, sentence: str) -> None:
        self._console.print(sentence, soft_wrap=True, markup=False, highlight=False)

    def settle(self) -> None:
        """Ends the live part."""
        self._live.stop()

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False)
        for title in ("part", "state", "where", "restarts"):
            table.add_column(title, header_style="dim")
        for name, state, where, restarts in self._statuses.values():
            table.add_row(name, f"[{_COLOURS.get(state, 'yellow')}]{state}[/]", where, str(restarts or ""))
        return table

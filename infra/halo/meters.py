"""What somebody who watches a sending sees: a bar that moves, lines where nothing can move, or JSON for a script."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from infra.halo.output import STYLES, Output
from infra.halo.standing import Speed, Standing
from infra.halo.texts import clean, clock, count, elapsed, moment, share, span

_EVERY_S = 10  # seconds between lines that say nothing but how far it is


class Meter(Protocol):
    def __enter__(self) -> "Meter": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, standing: Standing) -> None: ...


def meter(out: Output, now: Callable[[], float]) -> Meter:
    if out.as_json:
        return Stream(out, now)
    return Bar(out, now) if out.live else Lines(out, now)


class _Watched(ABC):
    def __init__(self, out: Output, now: Callable[[], float]) -> None:
        self._out = out
        self._now = now
        self._speed = Speed()

    def __enter__(self) -> "Meter":
        return self

    def __exit__(  # noqa: B027  most have nothing to end
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, standing: Standing) -> None:
        if standing.state == "sending":
            self._speed.note(self._now(), standing.done)
        self._draw(standing)

    @abstractmethod
    def _draw(self, standing: Standing) -> None: ...


class Stream(_Watched):
    """An object whenever something has changed."""

    _last: Standing | None = None

    def _draw(self, standing: Standing) -> None:
        if standing != self._last:
            self._last = standing
            self._out.document(standing.document(self._speed.rate, self._now()))


class Lines(_Watched):
    """A line when the state changes, and every ten seconds in between."""

    _state, _told_at = "", 0.0

    def _draw(self, standing: Standing) -> None:
        now = self._now()
        if standing.state == self._state and now - self._told_at < _EVERY_S:
            return
        self._state, self._told_at = standing.state, now
        parts = (standing.state, progress(standing), *pace(standing, self._speed, now))
        self._out.say(f"{clock(now)}  {'  '.join(part for part in parts if part)}")


class Bar(_Watched):
    """Three lines that stay where they are, and are left as they last were."""

    def __init__(self, out: Output, now: Callable[[], float]) -> None:
        super().__init__(out, now)
        self._began = now()
        self._standing: Standing | None = None
        self._live = Live(console=out.out, get_renderable=self._drawn, refresh_per_second=4)

    def __enter__(self) -> "Meter":
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def _draw(self, standing: Standing) -> None:
        self._standing = standing
        self._live.refresh()

    def _drawn(self) -> RenderableType:
        """Called by the thread that keeps the clock going, too."""
        one = self._standing
        if one is None:
            return Text("Asking ...", "dim")
        now = self._now()
        title = Text(clean(one.name), "bold", no_wrap=True, overflow="ellipsis")
        head = Table.grid(expand=True, padding=(0, 2, 0, 0))
        head.add_column(ratio=1)
        head.add_column(justify="right")
        head.add_row(title, Text(clean(one.state), STYLES.get(one.state, "")))
        bar = Table.grid(expand=True, padding=(0, 2, 0, 0))
        bar.add_column(ratio=1)
        bar.add_column(justify="right", min_width=4)
        bar.add_column(justify="right")
        full = ProgressBar(total=1, completed=one.share, finished_style="green", complete_style="cyan")
        right = "  ".join((*pace(one, self._speed, now), elapsed(now - self._began)))
        bar.add_row(full, Text(share(one.share)), Text(right))
        return Group(head, bar, Text(progress(one), "dim"))


def progress(one: Standing) -> str:
    """How far it is: `620 of about 1,000, 615 accepted, 5 failed, 3 of 4 shards`."""
    if one.state in ("draft", "scheduled"):
        return f"due {moment(one.send_on)}"
    parts = [f"{count(one.accepted)} accepted", f"{count(one.failed)} failed"]
    if one.state != "sent" and one.total is not None:
        parts.insert(0, f"{count(one.done)} of about {count(one.total)}")
    if one.shards:
        parts.append(f"{count(one.shards_done)} of {count(one.shards)} shards")
    return ", ".join(parts)


def pace(one: Standing, speed: Speed, now: float) -> list[str]:
    if one.state == "scheduled":
        left = one.send_on / 1000 - now
        return [f"in {span(left)}"] if left > 0 else ["any moment"]
    if one.state == "sending" and speed.rate is not None:
        return [f"{speed.rate:,.0f}/s"]
    return []

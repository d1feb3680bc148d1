"""What the demo prints in the end."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from infra.local.demo.checks import Check
from infra.local.demo.phones import Arrival, Shown
from infra.local.demo.played import Played

_MOST_WRONG = 5


def print_schedules(console: Console, played: Sequence[Played], arrivals: Sequence[Arrival]) -> None:
    table = Table(
        title="What was sent, and what phones say of it; browsers say nothing (UTC; first message since due)",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    for column in ("schedule", "audience"):
        table.add_column(column)
    for column in ("accepted", "failed", "received", "opened", "asked", "due", "first message"):
        table.add_column(column, justify="right")
    for one in played:
        first = min((arrival.at for arrival in arrivals if arrival.schedule == one.id), default=None)
        table.add_row(
            one.campaign.name,
            one.campaign.audience,
            str(one.counts.get("accepted", 0)),
            str(one.counts.get("failed", 0)),
            _share(one, "receipt"),
            _share(one, "open"),
            _clock(one.asked),
            _clock(one.due) if one.campaign.later else "at once",
            "none" if first is None else f"{(first - one.due) / 1000:+.2f} s",
        )
    console.print(table)


def print_phone(console: Console, target: str, shown: Sequence[Shown]) -> None:
    table = Table(title=f"What {target} shows", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("title")
    table.add_column("body")
    for one in shown:
        table.add_row("(silent)" if one.silent else one.title, one.body)
    console.print(table)


def print_checks(console: Console, checks: Sequence[Check]) -> None:
    for sentence, wrong in checks:
        console.print(f"{'✗' if wrong else '✓'} {sentence}", style="red" if wrong else "green", markup=False)
        for reason in wrong[:_MOST_WRONG]:
            console.print(f"    {reason}", markup=False)
        if len(wrong) > _MOST_WRONG:
            console.print(f"    and {len(wrong) - _MOST_WRONG} more")


def _share(one: Played, action: str) -> str:
    """How many phones, and which share that is of what was accepted."""
    count, rate = (one.results.get(told, {}).get(action, 0) for told in ("activity", "rates"))
    return f"{count} ({rate:.0%})"


def _clock(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%H:%M:%S}"

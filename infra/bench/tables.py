"""Figures as people read them: tables in the terminal, and the same ones as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text


def shown(figure: Any) -> str:
    if isinstance(figure, bool):
        return "yes" if figure else "no"
    if isinstance(figure, int):
        return f"{figure:,}"
    if isinstance(figure, float):
        return f"{figure:,.0f}" if figure >= 1_000 else f"{figure:,g}"
    return "" if figure is None else str(figure)


def table(title: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
    made = Table(title=Text(title, "bold"), title_justify="left")
    for key, heading in columns.items():
        made.add_column(heading, justify="right" if _numbers(rows, key) else "left")
    for row in rows:
        made.add_row(*(Text(shown(row.get(key))) for key in columns))
    return made


def markdown(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        "| " + " | ".join(columns.values()) + " |",
        "|" + "|".join("---:" if _numbers(rows, key) else "---" for key in columns) + "|",
        *("| " + " | ".join(shown(row.get(key)) for key in columns) + " |" for row in rows),
    ]
    return "\n".join(lines)


def _numbers(rows: Sequence[Mapping[str, Any]], key: str) -> bool:
    return all(isinstance(row.get(key), int | float) and not isinstance(row.get(key), bool) for row in rows)

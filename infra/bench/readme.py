"""The README's benchmark, written from `results.json` between two markers; a test holds the one to the other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.bench.tables import markdown

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- make bench writes what follows -->", "<!-- make bench wrote this -->"
GOALS = {"what": "what", "must": "must be", "is": "is", "reached": "reached"}


def block(document: Mapping[str, Any]) -> str:
    machine = document["machine"]
    sections = [
        f"Measured on {document['date']}: {machine['system']}, Python {machine['python']}, {machine['cores']} cores "
        f"({machine['processor']}), which all who take part share.",
        markdown(GOALS, document["goals"]),
        "![Messages for a CPU-second, and memory, against the audience](infra/bench/results.svg)",
    ]
    for part in document["parts"].values():
        notes = " ".join(part["notes"])
        sections.append(f"**{part['title']}.**" + (f" {notes}" if notes else ""))
        sections.append(markdown(part["columns"], part["rows"]))
    sections += [f"Left out: {why}." for why in document["skipped"].values()]
    return "\n\n".join(sections)


def written(text: str, document: Mapping[str, Any]) -> str:
    """The README with this document's figures."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README has lost its markers: {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{block(document)}\n\n{END}{after}"

"""What every measurement is: a name to ask for it by, and rows of figures under headings that say their unit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from infra.bench.ground import Ground

Figure = str | int | float | bool | None
Row = Mapping[str, Figure]


class Found(NamedTuple):
    """`notes` are sentences that the figures cannot be read without, such as what was left out."""

    rows: Sequence[Row]
    notes: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Measurement:
    """`columns`: a row's keys and their headings. `measure` raises Missing where this machine lacks something."""

    name: str
    title: str
    columns: Mapping[str, str]
    measure: Callable[[Ground], Found]

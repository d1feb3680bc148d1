"""What must be reached, and whether the figures do. Every row of a kind must: the worst one is named."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from infra.bench.deliver import OURS
from infra.bench.others import OTHERS
from infra.bench.sink import AFTER_50_MS
from infra.bench.urgent import MUST_S

Parts = Mapping[str, Any]
_SEND_EACH = OTHERS[0].name


class Goal(NamedTuple):
    """`worst` finds the figure that counts, None where it was not measured."""

    what: str
    must: float
    unit: str
    at_least: bool
    worst: Callable[[Parts], float | None]

    def reached(self, figure: float) -> bool:
        return figure >= self.must if self.at_least else figure <= self.must


def judged(parts: Parts) -> list[dict[str, Any]]:
    """Each goal that something was measured for."""
    found = []
    for goal in GOALS:
        figure = goal.worst(parts)
        if figure is not None:
            sign = "at least" if goal.at_least else "at most"
            found.append(
                {
                    "what": goal.what,
                    "must": f"{sign} {goal.must:,g} {goal.unit}".rstrip(),
                    "is": round(figure, 1),
                    "reached": goal.reached(figure),
                }
            )
    return found


def _rows(parts: Parts, name: str, **like: Any) -> Sequence[Mapping[str, Any]]:
    rows = parts.get(name, {}).get("rows", ())
    return [row for row in rows if all(row.get(key) == value for key, value in like.items())]


def _per_cpu_second(parts: Parts) -> float | None:
    return min((row["per_cpu_s"] for row in _rows(parts, "deliver", sender=OURS)), default=None)


def _ratios(parts: Parts) -> Iterator[float]:
    for theirs in _rows(parts, "deliver", sender=_SEND_EACH):
        for ours in _rows(parts, "deliver", sender=OURS, audience=theirs["audience"]):
            yield ours["per_cpu_s"] / theirs["per_cpu_s"]


def _growth(parts: Parts) -> float | None:
    peaks = [row["peak_mib"] for row in sorted(_rows(parts, "deliver", sender=OURS), key=lambda row: row["audience"])]
    return peaks[-1] - peaks[0] if len(peaks) > 1 else None


def _late(parts: Parts) -> float | None:
    return max((row["per_s"] for row in _rows(parts, "sender", answers=AFTER_50_MS.label)), default=None)


def _urgent(parts: Parts) -> float | None:
    return max((row["max_ms"] / 1_000 for row in _rows(parts, "urgent")), default=None)


GOALS = (
    Goal("`deliver`, targets a CPU-second", 12_000, "", True, _per_cpu_second),
    Goal("`deliver` beside `send_each`", 15, "times as many", True, lambda parts: min(_ratios(parts), default=None)),
    Goal("more memory for the largest audience than for the smallest", 32, "MiB", False, _growth),
    Goal("the sender where FCM answers after 50 ms, messages a second", 10_000, "", True, _late),
    Goal("a message to one person while a broadcast runs", MUST_S, "s", False, _urgent),
)

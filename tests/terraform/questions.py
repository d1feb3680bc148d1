"""What Terraform's metrics, queries and alerts ask the log for."""

import re
from collections.abc import Mapping
from typing import Any

from terraform.configuration import FOLDER, local_values

LOCALS = local_values()
ALERTS: Mapping[str, Any] = LOCALS["alerts"]
RUNBOOKS = {path.stem: path.read_text() for path in sorted((FOLDER / "runbooks").iterdir())}
# How the ends of a shard's targets are counted, each by a metric of its own.
_END = re.findall(r'filter += ("jsonPayload\.message=.*counts.*")', (FOLDER / "monitoring_metrics.tf").read_text())
METRICS: Mapping[str, Any] = LOCALS["counters"] | LOCALS["times"] | {"targets_${name}": {"filter": _END[0]}}
_FILTER = re.compile(r'jsonPayload\.message=\(?((?:(?: OR )?\\*"[a-z-]+\\*")+)')
_METRIC = r"local\.user\}(targets_\$\{name\}|\w+?)(?:_sum|_count|_bucket)?[{$]"


def events_of(filter: str) -> set[str]:
    """Events that a filter of the log is about."""
    return {event for names in _FILTER.findall(filter) for event in re.findall(r"[a-z][a-z-]+", names)}


def events_in(query: str) -> set[str]:
    """Events that a query asks for by their label."""
    return {event for names in re.findall(r'event=~?\\*"([a-z|-]+)', query) for event in names.split("|")}


def metrics_in(query: str) -> set[str]:
    """Metrics of the log, by their names here."""
    return set(re.findall(_METRIC, query))


def sums_in(query: str) -> list[tuple[set[str], str]]:
    """By which labels a metric of the log is summed."""
    return [
        (set(labels.split(", ")), name) for labels, name in re.findall(r"by \(([\w, ]+)\) \(\w+\(\$\{" + _METRIC, query)
    ]


def query_of(alert: str) -> str:
    """With what it takes from elsewhere."""
    query = str(ALERTS[alert]["query"]).replace("${local.queries.quota}", LOCALS["queries"]["quota"])
    query = re.sub(r"\$\{local\.(refused|ended\.\w+)\}", lambda _: LOCALS["ended"], query)
    return query.replace("${local.put_off}", LOCALS["put_off"])


def queries() -> list[str]:
    return [*map(query_of, ALERTS), *map(str, LOCALS["queries"].values())]

"""Metrics, alerts and runbooks speak of what the code logs: an event or a field of another name would be asked for in
vain, and nobody would notice until the day that it is needed."""

import re

import pytest

from push.domain.job import JobKind
from push.domain.outcome import FINAL
from terraform.configuration import FOLDER, ROOT, resources, variables
from terraform.log_lines import fields
from terraform.questions import (
    ALERTS,
    LOCALS,
    METRICS,
    RUNBOOKS,
    events_in,
    events_of,
    metrics_in,
    queries,
    query_of,
    sums_in,
)

FIELDS = fields()
WATCHING = " ".join((ROOT / "README.md").read_text().split("## Watching it")[1].split("\n## ")[0].split())
OUTPUTS = set(re.findall(r'^output "(\w+)"', (FOLDER / "outputs.tf").read_text(), re.MULTILINE))


def test_the_lines_of_the_code_are_found_with_what_they_say() -> None:
    assert {"from", "to", "app", "late_ms", "took_ms"} <= FIELDS["run-state"]
    assert FIELDS["page-inherited"] == FIELDS["page-given-up"] >= {"run", "silent_ms"}
    assert "severity" not in FIELDS["job-failed"]


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_counts_an_event_by_fields_that_it_has(name: str) -> None:
    metric = METRICS[name]
    events = set(LOCALS["events"]) if name == "events" else events_of(metric["filter"])
    assert events
    assert events <= set(FIELDS)
    named = set(re.findall(r"jsonPayload\.(\w+)", str(metric))) - {"message"}
    assert {(event, field) for event in events for field in named if field not in FIELDS[event]} == set()


def test_what_goes_to_bigquery_is_logged() -> None:
    kept = events_of((FOLDER / "bigquery.tf").read_text())
    assert {"run-state", "run-summed-up", "shard-done"} <= kept <= set(FIELDS)


def test_what_became_of_targets_is_counted_by_the_codes_own_words() -> None:
    assert set(LOCALS["outcomes"].values()) == {kind.value for kind in FINAL}


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    policies = [body for kind, _, body in resources() if kind == "google_monitoring_alert_policy"]
    others = {name for body in policies for name in re.findall(r"/runbooks/([\w-]+)\.md", str(body))}
    assert others == {"late-sends", "api-down"}
    assert set(RUNBOOKS) == {*ALERTS, *others}


def test_alerts_and_charts_ask_for_metrics_and_labels_that_there_are() -> None:
    asked = {name for query in queries() for name in metrics_in(query)}
    assert {"events", "targets_${name}", "quota_ms"} <= asked <= set(METRICS)
    summed = [each for query in queries() for each in sums_in(query)]
    assert len(summed) > 8
    assert [each for each in summed if not each[0] <= {*METRICS[each[1]].get("labels", ()), "le"}] == []


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_asks_for_events_that_are_counted_and_its_runbook_names_each(name: str) -> None:
    query = query_of(name)
    assert events_in(query) <= set(LOCALS["events"])
    behind = {event for metric in metrics_in(query) - {"events"} for event in events_of(METRICS[metric]["filter"])}
    told = set(re.findall(r'[`"]([a-z-]+)[`"]', RUNBOOKS[name]))
    assert events_in(query) | behind <= told


@pytest.mark.parametrize("name", RUNBOOKS)
def test_a_runbook_names_events_and_fields_that_are_logged(name: str) -> None:
    said = RUNBOOKS[name]
    events = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", said)) - {kind.value for kind in JobKind}
    assert {event for event in events if not event.startswith("halo-")} <= set(FIELDS)
    for filter in re.findall(r"`(jsonPayload[^`]*)`", said):
        about = events_of(filter)
        assert about <= set(FIELDS)
        named = set(re.findall(r"jsonPayload\.(\w+)", filter)) - {"message"}
        assert all(any(field in FIELDS[event] for event in about or events) for field in named), filter
    labels = {label for metric in METRICS.values() for label in metric.get("labels", ())}
    words = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", said))
    assert words <= set().union(*FIELDS.values()) | set(variables()) | OUTPUTS | labels


def test_a_runbook_fits_into_a_notification() -> None:
    """Monitoring takes 8,192 characters and 10,240 bytes."""
    assert all(len(text) <= 8_192 and len(text.encode()) <= 10_240 for text in RUNBOOKS.values())


def test_the_readme_counts_the_alerts_and_says_the_objective() -> None:
    numbers = {10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen"}
    policies = sum(kind == "google_monitoring_alert_policy" for kind, _, _ in resources())
    assert f" {numbers[len(ALERTS) + policies - 1]} alerts" in WATCHING
    slo = next(body for kind, _, body in resources() if kind == "google_monitoring_slo")
    assert slo["goal"] == 0.999
    assert slo["request_based_sli"][0]["distribution_cut"][0]["range"][0]["max"] == 60_000
    assert "999 of 1,000 notifications which reach FCM do so within 60 s" in WATCHING
    check = next(body for kind, _, body in resources() if kind == "google_monitoring_uptime_check_config")
    assert check["period"] == "60s"
    assert "`api/health` from outside, each minute" in WATCHING
    assert "`dashboard`" in WATCHING
    assert "dashboard" in OUTPUTS
    assert "Without `alert_emails`, which is the default, nobody is told" in WATCHING
    assert variables()["alert_emails"]["default"] == []

"""A plan that lacks something, or has something of another name, is not called good."""

from typing import Any

import pytest

from infra.package import ROOT
from infra.planned import missing, wanted

RUNBOOKS = ROOT / "terraform" / "runbooks"
PROD = {"alert_emails": ["ops@wines.example"], "budget": {"monthly_amount": 500}}


def plan() -> list[dict[str, Any]]:
    """What Terraform says of a plan of all that."""
    names = [(kind, name) for kind, all_of_it in wanted(ROOT, PROD).items() for name in sorted(all_of_it)]
    other = {"type": "google_project_service", "name": "needed", "index": "run"}
    return [{**of(kind, name), "type": kind} for kind, name in names] + [{**other, **planned()}]


def planned(**after: Any) -> dict[str, Any]:
    return {"change": {"actions": ["create"], "after": after}}


def of(kind: str, name: str) -> dict[str, Any]:
    if kind == "google_firestore_index":
        collection, _, fields = name.partition(": ")
        pieces = [field(each) for each in fields.split(", ")]
        return {"name": "composite", "index": "x", **planned(collection=collection, fields=pieces)}
    if kind == "google_firestore_field":
        collection, _, path = name.partition(" ")
        return {"name": "override", "index": "x", **planned(collection=collection, field=path)}
    if kind == "google_monitoring_alert_policy":
        runbook = {"api_down": "api-down", "on_time": "late-sends"}.get(name, name)
        told = planned(documentation=[{"content": (RUNBOOKS / f"{runbook}.md").read_text()}])
        return {"name": name, **told} if runbook != name else {"name": "this", "index": name, **told}
    if kind == "google_monitoring_notification_channel":
        return {"name": "email", "index": name, **planned()}
    if kind in ("google_firebaserules_ruleset", "google_monitoring_uptime_check_config", "google_billing_budget"):
        return {"name": name, **planned()}
    by = {"google_service_account": "account_id", "google_monitoring_slo": "slo_id"}.get(kind, "name")
    return {"name": "this", "index": "x", **planned(**{by: name})}


def field(said: str) -> dict[str, str]:
    path, kind = said.split()
    order = ("", kind) if kind == "CONTAINS" else (kind, "")
    return {"field_path": path, "order": order[0], "array_config": order[1]}


def wrong(changes: list[dict[str, Any]], settings: dict[str, Any] | None = None) -> list[str]:
    return missing({"resource_changes": changes}, wanted(ROOT, PROD if settings is None else settings), RUNBOOKS)


def test_a_plan_of_everything_lacks_nothing() -> None:
    assert wrong(plan()) == []


def test_what_is_wanted_is_what_the_issue_names() -> None:
    names = wanted(ROOT, {})
    assert names["google_cloudfunctions2_function"] >= {"api", "send", "deliver", "sweep", "ingest"}
    assert len(names["google_firestore_index"]) > 10
    assert len(names["google_monitoring_alert_policy"]) > 10
    assert names["google_monitoring_notification_channel"] == names["google_billing_budget"] == set()
    assert all(kinds for kind, kinds in names.items() if "channel" not in kind and "budget" not in kind)


def test_a_function_of_another_name_is_not_the_one_that_is_missing() -> None:
    changes = plan()
    next(each for each in changes if each["change"]["after"].get("name") == "ingest")["change"]["after"]["name"] = (
        "auth"
    )
    assert wrong(changes) == [
        "google_cloudfunctions2_function ingest: is not planned",
        "google_cloudfunctions2_function auth: is planned, and not known here",
    ]


@pytest.mark.parametrize("kind", sorted(wanted(ROOT, PROD)))
def test_each_kind_is_missed(kind: str) -> None:
    changes = plan()
    lost = next(each for each in changes if each["type"] == kind)
    changes.remove(lost)
    (said,) = wrong(changes)
    assert said.startswith(f"{kind} ")
    assert said.endswith(": is not planned")


def test_what_is_changed_or_read_is_not_made() -> None:
    changes = plan()
    lost = next(each for each in changes if each["change"]["after"].get("name") == "urgent")
    lost["change"]["actions"] = ["read"]
    assert wrong(changes) == ["google_cloud_tasks_queue urgent: is not planned"]


def test_two_of_one_name_and_an_alert_without_its_runbook_are_named() -> None:
    changes = [*plan(), {"type": "google_cloud_tasks_queue", "name": "this", **planned(name="send")}]
    alerted = next(each for each in changes if each["name"] == "on_time" and "alert" in each["type"])
    alerted["change"]["after"]["documentation"] = [{"content": (RUNBOOKS / "api-down.md").read_text()}]
    assert wrong(changes) == [
        "google_cloud_tasks_queue: two have the same name",
        "google_monitoring_alert_policy on_time: does not tell its runbook",
    ]


def test_who_is_told_and_a_budget_are_there_where_they_are_asked_for_and_only_there() -> None:
    assert wrong(plan(), {}) == [
        "google_monitoring_notification_channel ops@wines.example: is planned, and not known here",
        "google_billing_budget monthly: is planned, and not known here",
    ]

"""What a plan of `terraform/` from nothing must hold, each by its name, and what one lacks or has too much."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FUNCTIONS = ("api", "send", "deliver", "sweep", "work", "ingest")
# The policies that are not made from `local.alerts`, and their runbooks.
_ALERTS = {"api_down": "api-down", "on_time": "late-sends"}
# By what a resource is told from others of its kind, where that is not its address.
_NAMED_BY = {
    "google_cloudfunctions2_function": "name",
    "google_cloud_tasks_queue": "name",
    "google_cloud_scheduler_job": "name",
    "google_eventarc_trigger": "name",
    "google_firestore_database": "name",
    "google_firebaserules_release": "name",
    "google_service_account": "account_id",
    "google_monitoring_slo": "slo_id",
}


def wanted(root: Path, settings: Mapping[str, Any]) -> dict[str, set[str]]:
    """Names by kind of resource, with the variables `settings`; `root` is the checkout."""
    firestore = json.loads((root / "infra" / "firestore.indexes.json").read_text())
    fields = {f"{each['collectionGroup']} {each['fieldPath']}" for each in firestore["fieldOverrides"]}
    runbooks = {path.stem for path in (root / "terraform" / "runbooks").glob("*.md")}
    return {
        "google_cloudfunctions2_function": set(_FUNCTIONS),
        "google_cloud_tasks_queue": {"send", "deliver", "urgent", "work"},
        "google_cloud_scheduler_job": {"halo-sweep"},
        "google_firestore_database": {"(default)"},
        "google_firestore_index": {_index(each, "collectionGroup", "fieldPath") for each in firestore["indexes"]},
        "google_firestore_field": fields,
        "google_firebaserules_ruleset": {"firestore"},
        "google_firebaserules_release": {"cloud.firestore"},
        "google_eventarc_trigger": {"halo-schedules", "halo-templates", "halo-tags"},
        "google_service_account": {f"halo-{name}" for name in (*_FUNCTIONS, "invoker", "events", "build")},
        "google_monitoring_alert_policy": (runbooks - {"api-down"}) | set(_ALERTS),
        "google_monitoring_slo": {"on-time"},
        "google_monitoring_uptime_check_config": {"api"},
        "google_monitoring_notification_channel": set(settings.get("alert_emails") or ()),
        "google_billing_budget": {"monthly"} if settings.get("budget") else set(),
    }


def missing(plan: Mapping[str, Any], names: Mapping[str, set[str]], runbooks: Path) -> list[str]:
    """What a plan, as `terraform show -json` tells it, lacks or has too much: a sentence each."""
    made = [each for each in plan["resource_changes"] if each["change"]["actions"] == ["create"]]
    found: dict[str, list[str]] = {kind: [] for kind in names}
    for each in made:
        if each["type"] in found:
            found[each["type"]].append(_name(each))
    wrong = []
    for kind, expected in names.items():
        wrong += [f"{kind} {name}: is not planned" for name in sorted(expected - set(found[kind]))]
        wrong += [f"{kind} {name}: is planned, and not known here" for name in sorted(set(found[kind]) - expected)]
        if len(found[kind]) != len(set(found[kind])):
            wrong.append(f"{kind}: two have the same name")
    for each in made:
        if each["type"] == "google_monitoring_alert_policy" and not _tells(each, runbooks):
            wrong.append(f"google_monitoring_alert_policy {_name(each)}: does not tell its runbook")
    return wrong


def _name(each: Mapping[str, Any]) -> str:
    after = each["change"]["after"]
    if each["type"] == "google_firestore_index":
        return _index(after, "collection", "field_path")
    if each["type"] == "google_firestore_field":
        return f"{after['collection']} {after['field']}"
    if each["type"] in _NAMED_BY:
        return str(after[_NAMED_BY[each["type"]]])
    return each["index"] if isinstance(each.get("index"), str) else str(each["name"])


def _index(index: Mapping[str, Any], collection: str, path: str) -> str:
    """As Firestore tells indexes apart."""
    fields = [f"{field[path]} {_kind(field)}" for field in index["fields"]]
    return f"{index[collection]}: {', '.join(fields)}"


def _kind(field: Mapping[str, Any]) -> str:
    return str(field.get("order") or field.get("arrayConfig") or field.get("array_config"))


def _tells(policy: Mapping[str, Any], runbooks: Path) -> bool:
    text = runbooks / f"{_ALERTS.get(_name(policy), _name(policy))}.md"
    told = [each["content"] for each in policy["change"]["after"]["documentation"]]
    return text.is_file() and told == [text.read_text()]

"""What waits for what, and what a later apply leaves alone: all that a plan does not show."""

from typing import Any

import pytest

from terraform.configuration import local_values, resources

LOCALS = local_values()
MADE = {f"{kind}.{name}": body for kind, name, body in resources()}


def after(address: str) -> set[str]:
    return {str(each).removeprefix("${").removesuffix("}") for each in MADE[address].get("depends_on", [])}


def lifecycle(address: str) -> dict[str, Any]:
    found: dict[str, Any] = MADE[address]["lifecycle"][0]
    return found


def spoken(value: Any) -> list[str]:
    return [str(each).removeprefix("${").removesuffix("}") for each in value]


@pytest.mark.parametrize(
    ("address", "first"),
    [
        # IAM says of an agent that was just asked for that it does not exist.
        ("google_project_iam_member.eventarc_agent", "time_sleep.agents"),
        ("google_kms_crypto_key_iam_member.agent", "time_sleep.agents"),
        ("time_sleep.agents", "google_project_service_identity.eventarc"),
        ("time_sleep.agents", "google_project_service_identity.cmek"),
        ("time_sleep.keys", "google_kms_crypto_key_iam_member.agent"),
        # Firestore answers 409 to changes of fields while it builds indexes.
        ("google_firestore_field.override", "google_firestore_index.composite"),
        # Monitoring refuses an objective of a metric that it does not know yet.
        ("google_monitoring_slo.on_time", "time_sleep.metrics"),
        # What asks whether something answers would wake people before there is anything.
        ("google_monitoring_alert_policy.this", "google_cloud_scheduler_job.sweep"),
        ("google_monitoring_uptime_check_config.api", "module.api"),
    ],
)
def test_an_apply_waits_for_what_google_is_slow_with(address: str, first: str) -> None:
    assert first in after(address)


@pytest.mark.parametrize("key", ["database", "regional", "bigquery"])
def test_nothing_uses_a_key_before_its_agent_may(key: str) -> None:
    assert LOCALS[f"{key}_key"] == f'${{try(time_sleep.keys[0].triggers["{key}"], null)}}'
    users = [address for address, body in MADE.items() if "google_kms_crypto_key.this" in str(body)]
    assert set(users) == {"google_kms_crypto_key_iam_member.agent", "time_sleep.keys"}


@pytest.mark.parametrize(
    ("address", "left"),
    [
        # Another API makes data sources unknown, and the grant would be taken back for a moment.
        ("google_kms_crypto_key_iam_member.agent", "member"),
        ("google_secret_manager_secret.this", "replication"),
        # Somebody disabled it for a reason.
        ("google_secret_manager_secret_version.first_token_keys", "enabled"),
        ("google_secret_manager_secret_version.pepper", "enabled"),
    ],
)
def test_an_apply_leaves_alone_what_others_decide(address: str, left: str) -> None:
    assert spoken(lifecycle(address)["ignore_changes"]) == [left]


def test_what_alerts_name_can_go_or_become_another() -> None:
    assert MADE["google_monitoring_notification_channel.email"]["force_delete"] is True
    assert lifecycle("google_monitoring_uptime_check_config.api")["create_before_destroy"] is True


def test_an_alert_may_ask_for_a_metric_that_has_no_point_yet() -> None:
    condition = MADE["google_monitoring_alert_policy.this"]["conditions"][0]["condition_prometheus_query_language"][0]
    assert condition["disable_metric_validation"] is True


def test_triggers_are_made_anew_with_the_database() -> None:
    """Eventarc delivers nothing of a database that took a deleted one's place."""
    replaced = lifecycle("google_eventarc_trigger.written")["replace_triggered_by"]
    assert spoken(replaced) == ["terraform_data.database"]
    assert spoken([MADE["terraform_data.database"]["input"]]) == ["google_firestore_database.default.uid"]


def test_tokens_name_what_both_cloud_run_and_the_function_take() -> None:
    """Each caller goes by the module's own word, so that none names an address of its own."""
    queue = MADE["google_cloud_tasks_queue.this"]["http_target"][0]["oidc_token"][0]["audience"]
    job = MADE["google_cloud_scheduler_job.sweep"]["http_target"][0]["oidc_token"][0]["audience"]
    assert spoken([queue, job]) == [
        "module.function[each.value.function].audience",
        'module.function["sweep"].audience',
    ]

"""Terraform deploys the functions that the code has, and gives each what it asks for, and no more."""

import re
from typing import Any

import pytest

from infra.package import ROOT
from push.entrypoints.process import SHARDS_AT_ONCE, URGENT_AT_ONCE
from push.settings import Settings
from terraform.configuration import FOLDER, files, local_values, resources
from terraform.reach import calls, entry_points

LOCALS = local_values()
FUNCTIONS: dict[str, Any] = LOCALS["functions"]
MAY = {name: calls(module) for name, module in entry_points().items()}


def who(call: str) -> set[str]:
    """The functions whose code makes a call."""
    return {name for name, made in MAY.items() if call in made}


def test_functions_are_those_of_the_code_and_enter_where_they_are_named() -> None:
    assert set(FUNCTIONS) == set(entry_points())
    assert all(f"async def {name}(request: Request)" in (ROOT / "functions/main.py").read_text() for name in FUNCTIONS)
    built = next(body for kind, _, body in resources() if kind == "google_cloudfunctions2_function")
    assert built["build_config"][0]["entry_point"] == built["name"] == "${var.name}"


def test_queues_are_those_that_tasks_go_into() -> None:
    names = {field: Settings.model_fields[field.lower()].default for field in LOCALS["queue_names"]}
    assert LOCALS["queue_names"] == names
    assert set(LOCALS["queues"]) == set(names.values())
    assert {name: queue["function"] for name, queue in LOCALS["queues"].items()} == {
        "send": "send", "deliver": "deliver", "urgent": "deliver", "work": "work",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("queue", "calls"),
    [("send", ["send"]), ("deliver", ["deliver"]), ("urgent", ["deliver"]), ("work", ["work", "sweep"])],
)
def test_who_makes_tasks_may_and_nobody_else(queue: str, calls: list[str]) -> None:
    makers = [who(f"tasks.{call}") for call in calls]
    assert all(makers)
    assert set(LOCALS["enqueuers"][queue]) == set().union(*makers)


def test_secrets_are_read_by_who_needs_them() -> None:
    assert {name for name, function in FUNCTIONS.items() if "TOKEN_KEYS" in function["secrets"]} == who("ports.tokens")
    assert {name for name, function in FUNCTIONS.items() if "aws_secrets" in str(function["secrets"])} == who(
        "ports.relay"
    )
    assert all("KEY_PEPPER" in function["secrets"] for function in FUNCTIONS.values())


def test_firebase_projects_know_who_sends_and_who_logs_users_in() -> None:
    said = (FOLDER / "firebase.tf").read_text()
    assert re.findall(r'sender\s*=\s*local\.members\["(\w+)"\]', said) == sorted(who("ports.sender"))
    named = re.findall(r"for name in \[(.*?)\]", said)
    assert set(re.findall(r"\w+", named[0])) == who("ports.identities")


def test_who_tells_how_much_waits_may_look() -> None:
    viewer = next(
        body for kind, name, body in resources() if (kind, name) == ("google_cloud_tasks_queue_iam_member", "viewer")
    )
    assert viewer["role"] == "roles/cloudtasks.viewer"
    assert re.findall(r'"(\w+)"', viewer["member"]) == sorted(who("ports.queues"))


def test_an_instance_of_deliver_is_asked_for_as_many_shards_as_it_takes() -> None:
    assert (LOCALS["shards_at_once"], LOCALS["urgent_at_once"]) == (SHARDS_AT_ONCE, URGENT_AT_ONCE)


def test_triggers_are_for_the_collections_that_ingest_knows() -> None:
    from push.ports.console import Kind

    assert set(re.findall(r'"(\w+)"', LOCALS["collections"])) == {kind.value for kind in Kind}


def test_everybody_may_call_api_and_nothing_else() -> None:
    lines = [
        line for path in files() for line in path.read_text().splitlines() if "allUsers" in line or "allAuth" in line
    ]
    assert len(lines) == 1
    assert re.search(r'each\.key == "api" \? \{ everybody = "allUsers" \} : \{ invoker = ', lines[0])
    public = [
        line
        for path in files()
        for line in path.read_text().splitlines()
        if '"ALLOW_ALL"' in line and "contains" not in line
    ]
    assert len(public) == 1
    assert 'each.key != "api" ? "ALLOW_INTERNAL_ONLY"' in public[0]

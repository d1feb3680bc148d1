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
    assert LOCALS["queue_names"] == {field: f"{name}${{var.queue_suffix}}" for field, name in names.items()}
    assert set(LOCALS["queues"]) == set(names.values())
    made = next(body for kind, _, body in resources() if kind == "google_cloud_tasks_queue")
    assert made["name"] == "${each.key}${var.queue_suffix}"
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


def test_who_logs_users_in_may_do_what_its_calls_need_and_nothing_else() -> None:
    # Identity Platform, *Access control with IAM*: SignUp and DeleteAccount. Logging in goes by the app's Web API key.
    needs = {"accounts": "firebaseauth.users.create", "accounts:delete": "firebaseauth.users.delete"}
    code = (ROOT / "functions/push/adapters/identity_toolkit/identities.py").read_text()
    called = set(re.findall(r"/v1/projects/\{[a-z.]+\}/([a-z:A-Z]+)\"", code))
    roles = [body for kind, _, body in resources() if kind == "google_project_iam_custom_role"]
    assert [role["permissions"] for role in roles] == [sorted(needs[call] for call in called)]
    assert len(re.findall(r"self\._as_ourselves\(", code)) == len(called)


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
    # Variables only declare.
    said = {path.name: path.read_text() for path in files() if not path.name.startswith("variables")}
    everybody = [(name, line.strip()) for name in said for line in re.findall(".*all(?:Users|Auth).*", said[name])]
    assert everybody == [("api.tf", 'callers       = var.public_by == "allUsers" ? { everybody = "allUsers" } : {}')]
    assert [name for name in said for _ in re.findall("ALLOW_ALL", said[name])] == ["api.tf"]
    assert 'name          = "api"' in said["api.tf"]
    others = said["functions.tf"].split('module "function" {\n')[1]
    assert others.split("\n")[0].endswith('in local.functions : name => function if name != "api" }')
    assert re.search(r'ingress += "ALLOW_INTERNAL_ONLY"\n', others)

"""What the README and the runbooks tell people to type names what there is, and says where and with what."""

import json
import os
import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from infra.package import ROOT
from terraform.commands import DEPLOY, README, blocks, documents, of
from terraform.configuration import FOLDER, local_values, resources, variables

LOCALS = local_values()
OUTPUTS = set(re.findall(r'^output "(\w+)"', (FOLDER / "outputs.tf").read_text(), re.MULTILINE))
TERRAFORM = [command for _, text in documents() for command in of("terraform", text)]
GCLOUD = list(of("gcloud", DEPLOY))
MINE = "-var-file=env/mine.tfvars"


def test_a_deployment_is_three_commands() -> None:
    package, init, apply = next(block for block in blocks(DEPLOY) if "make package" in block).splitlines()
    assert package.startswith("make package ")
    assert init == "terraform -chdir=terraform init -backend-config=bucket=my-state -backend-config=prefix=halo-push"
    assert apply == f"terraform -chdir=terraform apply {MINE}"


def test_every_terraform_command_says_where_it_runs() -> None:
    assert len(TERRAFORM) > 10
    assert [command for command in TERRAFORM if not command.startswith("terraform -chdir=terraform ")] == []


@pytest.mark.parametrize(
    ("verb", "needs"),
    [
        ("plan", MINE), ("apply", MINE), ("destroy", MINE), ("import", MINE),
        ("init", "-backend-config=bucket=my-state"), ("init", "-backend-config=prefix=halo-push"),
    ],
)  # fmt: skip
def test_terraform_is_told_whose_deployment_it_is(verb: str, needs: str) -> None:
    used = [command for command in TERRAFORM if command.split()[2] == verb]
    assert used
    assert [command for command in used if needs not in command.split()] == []


def test_an_upgrade_moves_the_providers_with_the_pins() -> None:
    (upgrade,) = (part for part in DEPLOY.split("\n### ") if part.startswith("Upgrade\n"))
    (init,) = (command for command in of("terraform", upgrade) if command.split()[2] == "init")
    assert "-upgrade" in init.split()


def test_every_output_that_is_named_is_there() -> None:
    asked = {command.split()[-1] for command in TERRAFORM if command.split()[2] == "output"}
    named = asked | set(re.findall(r"\boutput `(\w+)`", README))
    assert "api_base_url" in asked
    assert named <= OUTPUTS


def test_every_resource_that_is_named_is_there() -> None:
    named = set(re.findall(r"\b(google_\w+)\.(\w+)", README))
    assert len(named) > 2
    assert named <= {(kind, name) for kind, name, _ in resources()}


def test_every_variable_that_is_named_is_there() -> None:
    options = DEPLOY.split("| optional part | variable |")[1].split("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+) = ", DEPLOY)) | set(re.findall(r"`([a-z_]+)`", options))
    named |= {name.split(".")[0] for name in re.findall(r"`(settings\.\w+)`", DEPLOY)}
    assert {"deletion_protection", "secret_versions", "custom_domain", "receipt_logs", "settings"} <= named
    assert named <= set(variables())
    versions = variables()["secret_versions"]["type"]
    assert all(name in versions for name in re.findall(r"secret_versions = \{ (\w+) =", DEPLOY))


def test_queues_jobs_secrets_and_accounts_are_called_what_they_are() -> None:
    queues = {tuple(names.split()) for names in re.findall(r"for QUEUE in ([\w ]+); do", DEPLOY)}
    assert {frozenset(each) for each in queues} == {frozenset(LOCALS["queues"])}
    jobs = {body["name"] for kind, _, body in resources() if kind == "google_cloud_scheduler_job"}
    assert {command.split()[4] for command in GCLOUD if "scheduler jobs" in command} == jobs
    secrets = set(re.findall(r'\bid\s*=\s*"([\w-]+)"', f"{LOCALS['secrets']} {LOCALS['aws_secrets']}"))
    secrets |= set(re.findall(r'\bid\s*=\s*"(halo-[\w-]+)"', "".join(p.read_text() for p in FOLDER.glob("s*.tf"))))
    asked = re.findall(r"--secret=([\w-]+)|secrets versions add ([\w-]+)", DEPLOY)
    assert {first or second for first, second in asked} <= secrets
    accounts = set(LOCALS["functions"]) | set(LOCALS["service_accounts"])
    impersonated = set(re.findall(r"halo-(\w+)@my-project\.iam", README))
    assert impersonated == {"invoker"} <= accounts


def test_gcloud_knows_the_project_before_it_is_asked_for_anything() -> None:
    begun = [command for command in GCLOUD if not command.startswith("gcloud auth ")]
    assert begun[0] == "gcloud config set project my-project"


def test_gcloud_is_told_the_region_of_what_is_regional() -> None:
    regional = {"tasks queues": "--location=REGION", "scheduler jobs": "--location=REGION", "run services": "--region="}
    for what, where in regional.items():
        used = [command for command in of("gcloud", README) if command.startswith(f"gcloud {what} ")]
        assert used
        assert [command for command in used if where not in command] == []


@pytest.mark.timeout(300)
@pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed")
def test_every_gcloud_command_is_one_that_gcloud_takes(tmp_path: Path) -> None:
    typed = sorted({command for _, text in documents() for command in of("gcloud", text)})
    assert len(typed) > 20
    (tmp_path / "typed").write_text(json.dumps([{"command_string": command} for command in typed]))
    quiet = {"CLOUDSDK_CONFIG": str(tmp_path), "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1"}
    lint = ["gcloud", "meta", "lint-gcloud-commands", f"--commands-file={tmp_path / 'typed'}"]
    linted = subprocess.run(lint, capture_output=True, text=True, env={**os.environ, **quiet})
    if linted.returncode:
        pytest.skip("this gcloud has no linter, which Google does not promise")
    said = json.loads(linted.stdout)
    assert len(said) == len(typed)
    assert [(each["command_string"], each["error_message"]) for each in said if not each["success"]] == []


def test_whoever_impersonates_has_the_email_put_into_the_token() -> None:
    """What checks tokens asks for it, and gcloud leaves it out otherwise."""
    asked = [
        (name, command)
        for name, text in documents()
        for command in of("gcloud", text)
        if command.startswith("gcloud auth print-identity-token") and "--impersonate-service-account=" in command
    ]
    assert {"README.md", "sweep-silent.md"} <= {name for name, _ in asked}
    assert [(name, command) for name, command in asked if "--include-email" not in command] == []


def test_what_is_stopped_for_a_restore_is_set_going_again_and_nothing_is_applied_between() -> None:
    (restore,) = (part for part in DEPLOY.split("\n### ") if part.startswith("Restore\n"))
    typed = "\n".join(blocks(restore))
    order = [typed.index(each) for each in ("queues pause", "jobs pause", "firestore import", "queues resume")]
    order += [typed.index("jobs resume"), typed.index(" apply ")]
    assert order == sorted(order)
    assert typed.count(" apply ") == 1


def test_what_is_copied_is_there_and_what_it_is_copied_to_is_nobody_elses() -> None:
    copies = re.findall(r"^cp (\S+) (\S+)", "\n".join(blocks(DEPLOY)), re.MULTILINE)
    assert len(copies) == 2
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for source, target in copies:
        assert (ROOT / source).exists()
        assert f"/{target}" in ignored
    left_behind = ["terraform.tfstate", "terraform.tfstate.backup", ".terraform/", ".terraform.lock.hcl"]
    assert all(any(fnmatch(name, each) for each in ignored) for name in left_behind)
    assert 'backend "gcs" {}' in (FOLDER / "backend.tf.example").read_text()

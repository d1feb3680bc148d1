"""What people read in `terraform/` is so: formats, descriptions, pins, runbooks, and what the metrics count."""

import re
import shutil
import subprocess

import pytest

from terraform.configuration import FOLDER, ROOT, files, local_values, variables

LOCALS = local_values()


def logged() -> set[str]:
    """Names of events, as the README's table of them has them (tests/test_readme.py holds that against the code)."""
    table = (ROOT / "README.md").read_text().split("## Watching it")[1].split("\n## ")[0]
    return set(re.findall(r"`([a-z-]+)`", table))


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_files_are_formatted_as_terraform_formats_them() -> None:
    ran = subprocess.run(
        ["terraform", "fmt", "-check", "-recursive", "-list=true", str(FOLDER)], capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout) == (0, "")


def test_no_file_holds_two_ideas() -> None:
    assert [path.name for path in files() if len(path.read_text().splitlines()) > 190] == []


def test_every_variable_and_output_says_what_it_is() -> None:
    for folder in (FOLDER, *(FOLDER / "modules").iterdir()):
        for name, body in variables(folder).items():
            assert body.get("type"), name
            assert len(body.get("description", "")) > 10, name
    for path in FOLDER.rglob("outputs.tf"):
        text = path.read_text()
        assert text.count('output "') == len(re.findall(r"^  description = \".{10,}\"$", text, re.MULTILINE))


def test_providers_are_pinned_to_one_version() -> None:
    pins = re.findall(r'^ +version = "(.*?)"', (FOLDER / "versions.tf").read_text(), re.MULTILINE)
    assert len(pins) == 4
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", pin) for pin in pins)


def test_what_is_counted_is_what_is_logged() -> None:
    told = " ".join(str(LOCALS[name]) for name in ("counters", "times")) + (FOLDER / "bigquery.tf").read_text()
    named = set(re.findall(r'jsonPayload\.message=\\?"([a-z-]+)', told)) | {"run-summed-up"}
    assert {"run-state", "run-first-page", "shard-done"} <= named
    assert named | set(LOCALS["events"]) <= logged()


def test_what_became_of_targets_is_counted_by_the_codes_own_words() -> None:
    from push.domain.outcome import FINAL

    assert set(LOCALS["outcomes"].values()) == {kind.value for kind in FINAL}


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    assert {path.stem for path in (FOLDER / "runbooks").iterdir()} == {*LOCALS["alerts"], "api-down"}


def test_alerts_ask_for_metrics_that_there_are() -> None:
    made = set(LOCALS["counters"]) | set(LOCALS["times"]) | {f"targets_{name}" for name in LOCALS["outcomes"]}
    asked = set(
        re.findall(r"local\.user\}(\w+?)(?:_sum|_count|_bucket)?[{$]", str(LOCALS["alerts"]) + str(LOCALS["queries"]))
    )
    assert len(asked) > 4
    assert {each for each in asked if each != "targets_"} <= made


def test_what_checkov_is_told_to_leave_alone_has_a_reason() -> None:
    skipped = [line for path in files() for line in path.read_text().splitlines() if "checkov" in line and "#" in line]
    told = [line for line in skipped if "checkov:skip" in line]
    assert told
    assert all(re.search(r"#checkov:skip=CKV\d?_GCP_\d+:\S.{15,}", line) for line in told)

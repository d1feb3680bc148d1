"""What people read in `terraform/` is so: formats, descriptions, pins, and who may do what."""

import re
import shutil
import subprocess

import pytest

from terraform.configuration import FOLDER, files, local_values, variables

LOCALS = local_values()


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


def test_what_checkov_is_told_to_leave_alone_has_a_reason() -> None:
    skipped = [line for path in files() for line in path.read_text().splitlines() if "checkov" in line and "#" in line]
    told = [line for line in skipped if "checkov:skip" in line]
    assert told
    assert all(re.search(r"#checkov:skip=CKV\d?_GCP_\d+:\S.{15,}", line) for line in told)

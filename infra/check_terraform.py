"""`python -m infra.check_terraform`: holds `terraform/` against the real providers, as far as this machine has them.

Format, validation, `terraform test`, a plan of `env/dev.tfvars` from nothing that is held against what must be in it,
and checkov. What cannot be done here is left out with a sentence. Works on a copy: no lock file, plan or state is left
behind. Exit codes: 0 nothing is wrong, 1 something is.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.package import ROOT, package

# What a plan of an empty project must hold, and how often.
PLANNED = {
    "google_cloudfunctions2_function": 6,
    "google_cloud_tasks_queue": 4,
    "google_cloud_scheduler_job": 1,
    "google_firestore_database": 1,
    "google_firebaserules_ruleset": 1,
    "google_firebaserules_release": 1,
    "google_eventarc_trigger": 3,
    "google_service_account": 9,
    "google_monitoring_alert_policy": 11,
    "google_monitoring_slo": 1,
    "google_monitoring_uptime_check_config": 1,
}
_UNREACHABLE = ("Failed to query available provider packages", "Failed to install provider")


def missing(plan: Mapping[str, Any], indexes: int, fields: int) -> list[str]:
    """What a plan, as `terraform show -json` tells it, lacks or has too often: a sentence each."""
    found = Counter(each["type"] for each in plan["resource_changes"] if each["change"]["actions"] == ["create"])
    wanted = PLANNED | {"google_firestore_index": indexes, "google_firestore_field": fields}
    return [f"{kind}: {found[kind]} are planned, not {many}" for kind, many in wanted.items() if found[kind] != many]


def main() -> int:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        shutil.copytree(
            ROOT / "terraform",
            folder / "terraform",
            ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "backend.tf"),
        )
        (folder / "infra").mkdir()
        for name in ("firestore.indexes.json", "firestore.rules"):
            shutil.copy(ROOT / "infra" / name, folder / "infra")
        package(ROOT / "functions", folder / ".local" / "dist")
        good = [_terraform(folder / "terraform"), _checkov()]
    return 0 if all(good) else 1


def _terraform(folder: Path) -> bool:
    if shutil.which("terraform") is None:
        return _say("terraform: left out, it is not installed")
    if not _ran("format", folder, "terraform", "fmt", "-check", "-recursive", "-diff"):
        return False
    begun = _run(folder, "terraform", "init", "-backend=false", "-input=false", "-no-color")
    if begun.returncode:
        if any(reason in begun.stderr for reason in _UNREACHABLE):
            return _say("validate, test and plan: left out, the providers cannot be had here")
        return _say(begun.stdout + begun.stderr, good=False)
    return all([
        _ran("validate", folder, "terraform", "validate", "-no-color"),
        _ran("test", folder, "terraform", "test", "-no-color"),
        _planned(folder),
    ])  # fmt: skip


def _planned(folder: Path) -> bool:
    # Nothing is asked of Google for a plan from nothing; the provider wants a login all the same.
    login = {"GOOGLE_OAUTH_ACCESS_TOKEN": "none"}
    planned = ["terraform", "plan", "-input=false", "-no-color", "-lock=false", "-var-file=env/dev.tfvars", "-out=plan"]
    if not _ran("plan", folder, *planned, **login):
        return False
    shown = _run(folder, "terraform", "show", "-json", "plan", **login)
    firestore = json.loads((folder / ".." / "infra" / "firestore.indexes.json").read_text())
    wrong = missing(json.loads(shown.stdout), len(firestore["indexes"]), len(firestore["fieldOverrides"]))
    return _say("\n".join(wrong), good=False) if wrong else _say("what is planned: all of it")


def _checkov() -> bool:
    found = shutil.which("checkov")
    if found is None:
        return _say("checkov: left out, it is not installed (pipx install checkov)")
    return _ran("checkov", ROOT, found, "--directory", "terraform", "--framework", "terraform", "--compact", "--quiet")


def _ran(what: str, folder: Path, *command: str, **environment: str) -> bool:
    ran = _run(folder, *command, **environment)
    return _say(f"{what}: good") if ran.returncode == 0 else _say(f"{what}:\n{ran.stdout}{ran.stderr}", good=False)


def _run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **environment})


def _say(sentence: str, *, good: bool = True) -> bool:
    sys.stdout.write(f"{sentence}\n")
    return good


if __name__ == "__main__":
    sys.exit(main())

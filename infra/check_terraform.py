"""`python -m infra.check_terraform`: holds `terraform/` against the real providers, as far as this machine has them.

Format, validation, `terraform test`, plans from nothing with `env/dev.tfvars` and `env/prod.tfvars`, each held against
what must be in it (infra/planned.py), and checkov. What cannot be done here is left out with a sentence, which is an
error with `--strict`. Works on a copy: no lock file, plan or state is left behind. Exit codes: 0 all is well, 1 not.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from infra.package import ROOT, package
from infra.planned import missing, wanted

ENVIRONMENTS = ("dev", "prod")
# Nothing is asked of Google for a plan from nothing; the provider wants a login all the same.
_LOGIN = {"GOOGLE_OAUTH_ACCESS_TOKEN": "none"}
# The registry was not reached; not that it was, and has no such version, or another checksum.
_UNREACHED = (
    "could not connect to", "no such host", "connection refused", "network is unreachable", "i/o timeout",
    "deadline exceeded", "Client.Timeout", "proxyconnect",
)  # fmt: skip
_ANSWERED = ("no available releases match", "does not have a provider named", "checksum")


class Result(Enum):
    GOOD = "good"
    WRONG = "wrong"
    LEFT_OUT = "left out"


def main(words: Sequence[str] | None = None) -> int:
    strict = "--strict" in (sys.argv[1:] if words is None else words)
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
        return verdict([*_terraform(folder / "terraform"), _checkov()], strict)


def verdict(results: Sequence[Result], strict: bool) -> int:
    """The exit code."""
    if strict and Result.LEFT_OUT in results:
        _say("left out: STRICT=1 wants all of it")
    return 1 if Result.WRONG in results or (strict and Result.LEFT_OUT in results) else 0


def unreachable(said: str) -> bool:
    """Whether `terraform init` failed because no provider can be had here, and not because of what is asked for."""
    # Terraform breaks its lines, and draws a box around them.
    flat = " ".join(said.replace("│", " ").split())
    return any(reason in flat for reason in _UNREACHED) and not any(answer in flat for answer in _ANSWERED)


def _terraform(folder: Path) -> list[Result]:
    if shutil.which("terraform") is None:
        return [_say("terraform: left out, it is not installed", Result.LEFT_OUT)]
    if (formatted := _ran("format", folder, "terraform", "fmt", "-check", "-recursive", "-diff")) is Result.WRONG:
        return [formatted]
    begun = _run(folder, "terraform", "init", "-backend=false", "-input=false", "-no-color")
    said = begun.stdout + begun.stderr
    if begun.returncode and unreachable(said):
        return [_say("validate, test and plan: left out, the providers cannot be had here", Result.LEFT_OUT)]
    if begun.returncode:
        return [_say(f"init:\n{said}", Result.WRONG)]
    return [
        _ran("validate", folder, "terraform", "validate", "-no-color"),
        _ran("test", folder, "terraform", "test", "-no-color"),
        *(_planned(folder, environment) for environment in ENVIRONMENTS),
    ]


def _planned(folder: Path, environment: str) -> Result:
    planned = ["terraform", "plan", "-input=false", "-no-color", "-lock=false", "-out=plan"]
    if _ran(f"plan of {environment}", folder, *planned, f"-var-file=env/{environment}.tfvars") is Result.WRONG:
        return Result.WRONG
    plan = json.loads(_run(folder, "terraform", "show", "-json", "plan").stdout)
    settings = {name: each.get("value") for name, each in plan["variables"].items()}
    wrong = missing(plan, wanted(ROOT, settings), ROOT / "terraform" / "runbooks")
    return _say("\n".join(wrong), Result.WRONG) if wrong else _say(f"what {environment} plans: all of it")


def _checkov() -> Result:
    found = shutil.which("checkov")
    if found is None:
        return _say("checkov: left out, it is not installed (pipx install checkov)", Result.LEFT_OUT)
    return _ran("checkov", ROOT, found, "--directory", "terraform", "--framework", "terraform", "--compact", "--quiet")


def _ran(what: str, folder: Path, *command: str) -> Result:
    ran = _run(folder, *command)
    return _say(f"{what}: good") if ran.returncode == 0 else _say(f"{what}:\n{ran.stdout}{ran.stderr}", Result.WRONG)


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **_LOGIN})


def _say(sentence: str, result: Result = Result.GOOD) -> Result:
    sys.stdout.write(f"{sentence}\n")
    return result


if __name__ == "__main__":
    sys.exit(main())

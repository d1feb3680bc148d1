"""`.venv/bin/halo`, which `make` writes: the command from wherever somebody is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    """Written by the lines that `make` would run, into another environment; nothing is installed."""
    venv = tmp_path / "a venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    words = ["make", "-n", "-B", "VENV=.venv", ".venv/.ready"]
    would = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = [line for line in would.splitlines() if re.search(r"\.venv/bin/halo$", line)]
    assert len(lines) == 2
    script = "\n".join(lines).replace(f"{ROOT}/.venv/", f"{venv}/").replace(">.venv/", f'>"{venv}"/')
    subprocess.run(["bash", "-ec", script.replace(" .venv/", f' "{venv}"/')], check=True, cwd=tmp_path)
    return venv / "bin" / "halo"


def test_it_starts_from_anywhere_whatever_lies_there(launcher: Path, tmp_path: Path) -> None:
    for name in ("infra", "typing"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken from here')\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C"}
    found = subprocess.run([launcher, "list", "--json"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (3, "")
    assert found.stderr.startswith("Log in first: halo login")


def test_typed_wrongly_it_says_how_and_in_plain_lines(launcher: Path, tmp_path: Path) -> None:
    found = subprocess.run([launcher, "nope"], cwd=tmp_path, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (2, "")
    assert "Usage: halo [OPTIONS] COMMAND" in found.stderr
    assert "╭" not in found.stderr

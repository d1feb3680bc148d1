"""What the README says of `halo` is so: its commands are played, and each that there is stands there."""

import json
import re
import shlex
from pathlib import Path

import typer

from fakes.terminal import API, Halo
from fakes.world import PASSWORD
from infra.halo.app import build
from push.domain.schedule import State

ROOT = Path(__file__).parents[3]
SECTION = (ROOT / "README.md").read_text().split("## From a terminal")[1].split("\n## ")[0]


def test_its_commands_work_as_they_stand_there(anybody: Halo) -> None:
    login = {"api": API, "admin": {"username": "admin", "password": PASSWORD}}
    (anybody.home / "stack.json").write_text(json.dumps(login))
    for alias in ("alias1", "alias2"):
        anybody.world.device(alias=alias, devices=[{"platform": "android", "token": f"{alias}-phone"}])
    lines = re.findall(r"^\.venv/bin/halo (.+)$", SECTION, re.MULTILINE)
    assert len(lines) > 3
    anybody.meanwhile = [lambda: anybody.put(next(iter(anybody.world.ports.runs.stored)), State.SENT)]
    shown = ""
    for line in lines:
        found = anybody(*shlex.split(line, comments=True))
        assert found.exit_code == 0, (line, found.output)
        shown = found.stdout if "list" in line else shown
    assert "Winter wines" in shown


def test_every_command_stands_there_and_every_option_that_stands_there_exists() -> None:
    command = typer.main.get_command(build())
    commands = getattr(command, "commands")  # noqa: B009  of a group, which is all that build makes
    named = set(re.findall(r"`halo ([a-z]+)", SECTION))
    assert named == set(commands)
    options = {option for each in commands.values() for parameter in each.params for option in parameter.opts}
    assert set(re.findall(r"--[a-z][a-z-]+", SECTION)) - {"--help"} <= options


def test_every_variable_that_it_reads_stands_there() -> None:
    source = "".join(path.read_text() for path in (ROOT / "infra" / "halo").glob("*.py"))
    assert set(re.findall(r"HALO_(?!TRACE)[A-Z]+", source)) == set(re.findall(r"HALO_[A-Z]+", SECTION))

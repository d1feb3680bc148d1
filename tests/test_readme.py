"""The README is documentation that people act on, so it is tested: its paths, commands and settings exist."""

import re
from pathlib import Path

from push.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_every_path_it_names_exists() -> None:
    named = set(re.findall(r"`((?:functions|infra|tests|terraform)(?:/[\w./-]+)?|LICENSE|pyproject\.toml)`", README))
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)", README)) - {"s"}
    assert {"demo", "test", "run", "help"} <= named
    assert named <= targets | {"and"}


def test_every_setting_is_explained_and_every_explained_one_is_read() -> None:
    section = README.split("## Configuration")[1].split("\n## ")[0]
    explained = set(re.findall(r"`([A-Z]+_[A-Z_]+|INVOKER)`", section))
    assert explained == {name.upper() for name in Settings.model_fields}


def test_every_deployed_dependency_has_its_reason() -> None:
    deployed = (ROOT / "pyproject.toml").read_text().split("[dependency-groups]")[0]
    ranges = re.findall(r'^    "([a-z0-9-]+)[>=<\[]', deployed, re.MULTILINE)
    assert len(ranges) > 5
    section = README.split("## Dependencies")[1].split("\n## ")[0]
    assert [name for name in ranges if name not in section] == []


def test_nothing_stands_at_the_top_level_that_it_does_not_explain() -> None:
    expected = {"functions", "infra", "tests", "terraform", "pyproject.toml", "README.md", "Makefile", "LICENSE"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found <= expected


def test_pins_name_no_registry() -> None:
    for pins in ("functions/requirements.txt", "functions/requirements-sns.txt", "tests/requirements.txt"):
        text = (ROOT / pins).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"://|--index-url|--find-links", text)

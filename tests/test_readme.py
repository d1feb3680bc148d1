"""The README is documentation that people act on, so it is tested: its paths, commands and settings exist."""

import ast
import re
from collections.abc import Iterator
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
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)", README)) - {"s"}
    assert {"demo", "test", "run", "help"} <= named
    assert named <= targets | {"and"}


def test_every_setting_is_explained_and_every_explained_one_is_read() -> None:
    section = README.split("## Configuration")[1].split("\n## ")[0]
    explained = set(re.findall(r"`([A-Z]+_[A-Z_]+|INVOKER)`", section))
    assert explained == {name.upper() for name in Settings.model_fields}


def _events(path: Path) -> Iterator[str]:
    """Names of events that a file logs. Each is a text where it is logged, but for `log_page`, which is told."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("logs.event", "log_page"):
            continue
        name = node.args[0]
        if isinstance(name, ast.Constant):
            yield str(name.value)
        else:
            assert path.name == "log_page.py", f"{path}:{node.lineno} logs an event whose name nobody can look up"


def test_every_event_of_the_log_is_explained_and_every_explained_one_is_logged() -> None:
    logged = {name for path in (ROOT / "functions" / "push").rglob("*.py") for name in _events(path)}
    assert len(logged) > 40
    table = README.split("## Watching it")[1].split("\n## ")[0].split("|---|---|")[1]
    rows = [row.split(" | ")[0] for row in table.splitlines() if row.startswith("|")]
    explained = [name for row in rows for name in re.findall(r"`([a-z-]+)`", row)]
    assert sorted(explained) == sorted(logged)


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

"""What the archive pins is all that its code imports, also in functions that are rarely called."""

import ast
import json
import subprocess
from pathlib import Path

import pytest

from infra.local.supervisor import Source

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("archive")]

AMAZON = {"boto3", "botocore"}


def test_whatever_the_code_imports_anywhere_is_there(installed: Source) -> None:
    wanted = imports(installed.folder)
    assert len(wanted) > 500
    assert {name.partition(".")[0] for name in unresolved(wanted, installed)} == AMAZON


def test_with_amazons_pins_nothing_of_amazons_is_missing(installed: Source, amazon: Path) -> None:
    wanted = imports(installed.folder / "push" / "adapters" / "sns")
    assert {name.partition(":")[0].partition(".")[0] for name in wanted} >= AMAZON
    assert unresolved(wanted, installed, amazon) == []


def imports(folder: Path) -> set[str]:
    """`module`, or `module:name` of what is taken from there: by any line of the code, those in functions included."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, "a relative import is not looked at here"
                found |= {f"{node.module}:{each.name}" for each in node.names}
    return found


def unresolved(wanted: set[str], installed: Source, *more: Path) -> list[str]:
    """What cannot be imported by the archive's own Python."""
    script = (
        "import importlib, json, sys; sys.path += sys.argv[1:]; lacking = []\n"
        "for name in json.load(sys.stdin):\n"
        "    module, _, part = name.partition(':')\n"
        "    try:\n"
        "        found = importlib.import_module(module)\n"
        "        part and (hasattr(found, part) or importlib.import_module(f'{module}.{part}'))\n"
        "    except ImportError as error:\n"
        "        lacking.append(error.name or name)\n"
        "print(json.dumps(lacking))"
    )
    command = [str(each) for each in (installed.python, "-I", "-c", script, installed.folder, *more)]
    done = subprocess.run(command, input=json.dumps(sorted(wanted)), capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found

"""What Google finds in main.py."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import main

FUNCTIONS = Path(__file__).parents[2] / "functions"


def test_every_function_has_its_entry_point_and_nothing_else_is_there() -> None:
    named = {name for name, each in vars(main).items() if inspect.iscoroutinefunction(each)}
    assert named == set(main._ENTRY_POINTS)
    for name, module in main._ENTRY_POINTS.items():
        assert inspect.iscoroutinefunction(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize(("target", "loaded"), [("", []), ("send", ["push.entrypoints.send"])])
def test_an_instance_loads_only_the_function_that_it_serves(target: str, loaded: list[str]) -> None:
    code = "import main, sys; print(*sorted(m for m in sys.modules if m in main._ENTRY_POINTS.values()))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=FUNCTIONS, env={"FUNCTION_TARGET": target}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert ran.stdout.split() == loaded
